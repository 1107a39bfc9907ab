// Whether node_modules belongs to package-lock.json: npm itself offers no quick answer, so the install leaves a note.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { modulesDirectory, root } from './pinned-node.mjs'

const stampFile = join(modulesDirectory, '.lodestone-install.json')

// The platform belongs to it: a directory shared with a container holds the binaries of one of the two.
function fingerprint() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  return `${lock} ${process.platform}-${process.arch}`
}

/** Called from npm's postinstall, which knows what was left out (npm ci --omit=dev). */
export function writeStamp(omitted = process.env.npm_config_omit ?? '') {
  writeFileSync(stampFile, `${JSON.stringify({ fingerprint: fingerprint(), omitted })}\n`)
}

/** @returns {boolean} true when what is installed is what the lockfile says, with the development tools if asked for */
export function isInstalled({ development }) {
  if (!existsSync(stampFile)) return false
  try {
    const stamp = JSON.parse(readFileSync(stampFile, 'utf8'))
    return stamp.fingerprint === fingerprint() && !(development && stamp.omitted.split(/\s+/).includes('dev'))
  } catch {
    return false
  }
}
