// Before start and test: installs what package-lock.json says when node_modules is missing or belongs to another one.
// Plain JavaScript without dependencies (nothing is installed yet, and the host's Node may be old), and silent on
// standard output, which belongs to the command that follows.
import { spawnSync } from 'node:child_process'
import { isInstalled } from './install-stamp.mjs'
import { root } from './pinned-node.mjs'

const development = process.env.npm_lifecycle_event !== 'prestart'
if (!isInstalled({ development })) process.exitCode = install()

function install() {
  console.error('lodestone: installing the packages of package-lock.json (about a minute, once) …')
  const result = npm(['ci', '--include=dev', '--loglevel=error', '--no-audit', '--no-fund'])
  if (result.error) {
    console.error(
      `lodestone: npm could not be started (${result.error.message}). Install Node with npm, or put npm on PATH.`,
    )
    return 1
  }
  if (result.status !== 0) {
    const how = result.signal ? `was ended by ${result.signal}` : `failed with exit code ${result.status}`
    console.error(`lodestone: npm ci ${how}; its own words are above.`)
    console.error('lodestone: check the network and the registry (npm ping), then try again. Nothing was started.')
    return 1
  }
  // Where install scripts are switched off (ignore-scripts), npm has not done this.
  if (!isInstalled({ development })) {
    const linked = spawnSync(process.execPath, ['scripts/link-node.mjs'], {
      cwd: root,
      stdio: ['ignore', 2, 'inherit'],
    })
    if (linked.status !== 0) return 1
  }
  console.error('lodestone: installed.')
  return 0
}

/** npm's output goes to standard error: file descriptor 2 in the place of 1. */
function npm(args) {
  const options = { cwd: root, stdio: ['ignore', 2, 'inherit'] }
  const cli = process.env.npm_execpath
  // Under an npm script npm says where it is; its own Node runs it, since ours is about to be replaced.
  if (cli?.endsWith('.js')) return spawnSync(process.env.npm_node_execpath ?? process.execPath, [cli, ...args], options)
  return spawnSync('npm', args, { ...options, shell: process.platform === 'win32' })
}
