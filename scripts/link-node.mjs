// npm's postinstall: puts the pinned Node where npm scripts look first (node_modules/.bin), because npm 9 and 10 unlink
// it while they prune the packages of other platforms, and notes what was installed.
// Plain JavaScript without dependencies: it runs on whatever Node the host has.
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { writeStamp } from './install-stamp.mjs'
import { binDirectory, majorOf, minimumMajor, modulesDirectory, pinnedNode } from './pinned-node.mjs'

// npx in a clone with nothing installed links the clone into its cache and runs this there, before the command. Failing
// would swallow every word and leave that cache broken for good; the launcher, which comes next, says what to do.
if (existsSync(modulesDirectory)) linkAndNote()

function linkAndNote() {
  const pinned = pinnedNode()
  const link = join(binDirectory, 'node')

  // On Windows npm writes node.cmd and does not lose it.
  if (process.platform !== 'win32' && existsSync(pinned)) {
    mkdirSync(binDirectory, { recursive: true })
    rmSync(link, { force: true })
    if (majorOf(pinned) === undefined) {
      console.warn(`lodestone: ${pinned} does not run on this machine; the system's Node is used instead.`)
    } else {
      symlinkSync(relative(binDirectory, pinned), link)
    }
  }

  // "npm start" uses the shell's exec, because some shells (dash) do not pass signals on and would leave an orphan when npm
  // is told to stop. The Windows shell has no exec and needs none.
  if (process.platform === 'win32') {
    mkdirSync(binDirectory, { recursive: true })
    writeFileSync(join(binDirectory, 'exec.cmd'), '@%*\r\n')
  }

  // Better said now than by the first command.
  const candidates = [pinned, process.env.npm_node_execpath, process.execPath]
  if (candidates.some((node) => (majorOf(node) ?? 0) >= minimumMajor)) {
    writeStamp()
  } else {
    const host = `${process.platform}-${process.arch}`
    console.error(
      `lodestone: Node ${minimumMajor} or newer is needed; npm has none for ${host}, and yours is ${process.version}.`,
    )
    process.exitCode = 1
  }
}
