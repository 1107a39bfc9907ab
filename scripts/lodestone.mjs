#!/usr/bin/env node
// The command `lodestone`: runs src/main.ts on the pinned Node. Plain JavaScript, because the host's Node, which starts
// this file, may be too old for TypeScript.
import { spawn } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { constants } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { majorOf, minimumMajor, modulesDirectory, pinnedNode, root } from './pinned-node.mjs'

const main = join(root, 'src', 'main.ts')
const pinned = pinnedNode()
const isPinned = existsSync(pinned) && realpathSync(pinned) === realpathSync(process.execPath)

// Compiled code is kept between starts; through the environment also for the processes that main starts.
process.env.NODE_COMPILE_CACHE ??= join(modulesDirectory, '.cache', 'node-compile')

// npx puts a shell in between, and some shells (dash) die of SIGTERM without passing it on: losing the parent is the signal.
if (process.env.npm_command === 'exec' && process.platform !== 'win32') {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}

if (!existsSync(modulesDirectory)) {
  fail('its packages are not installed yet: run "npm ci" in its directory first.')
} else if (isPinned) {
  await runHere()
} else if ((majorOf(pinned) ?? 0) >= minimumMajor) {
  runPinned()
} else if (majorOf(process.execPath) >= minimumMajor) {
  await runHere()
} else {
  const host = `${process.platform}-${process.arch}`
  fail(
    `Node ${minimumMajor} or newer is needed; npm has installed none that runs on this machine (${host}), and the ` +
      `system's is ${process.version}.\nInstall Node ${minimumMajor}, or run "npm ci" again with optional packages.`,
  )
}

/** No second process: signals and exit code are main's own. */
async function runHere() {
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE)
  process.argv[1] = main
  await import(pathToFileURL(main).href)
}

function runPinned() {
  const child = spawn(pinned, [main, ...process.argv.slice(2)], { stdio: 'inherit' })
  const pass = (signal) => child.kill(signal)
  // A terminal sends Ctrl-C to both processes; passed on as well, it would count as a second, impatient one.
  const isOnTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
  process.on('SIGINT', isOnTerminal ? () => undefined : pass)
  process.on('SIGTERM', pass)
  process.on('SIGHUP', pass)
  child.on('error', (error) => fail(`${pinned} could not be started (${error.message}).`))
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0)
  })
}

function fail(sentence) {
  console.error(`lodestone: ${sentence}`)
  process.exitCode = 1
}
