import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { makeDirectory } from '../directory/make-directory.ts'

/** A mark beside the journal that no bot of this account enters, until a person has taken it away. */
export interface PanicLatch {
  readonly reason: string
  /** ISO 8601, wall time; `null`: the file does not say. */
  readonly since: string | null
}

const FILE = 'panic.json'

/** A plain file: it must work where the database is broken, full or held by a bot that hangs. On disk when it returns. */
export function writePanicLatch(directory: string, reason: string): void {
  makeDirectory(directory, 0o700)
  const path = join(directory, FILE)
  const draft = `${path}.${process.pid}`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, JSON.stringify({ reason, since: new Date().toISOString() }))
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(draft, path)
  syncDirectory(directory)
}

/** `null`: there is none. One that cannot be understood counts as set. */
export function readPanicLatch(directory: string): PanicLatch | null {
  let text: string
  try {
    text = readFileSync(join(directory, FILE), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    return { reason: `${FILE} cannot be read`, since: null }
  }
  try {
    const told: unknown = JSON.parse(text)
    if (typeof told === 'object' && told !== null && 'reason' in told && typeof told.reason === 'string')
      return { reason: told.reason, since: 'since' in told && typeof told.since === 'string' ? told.since : null }
  } catch {
    // Cut off or written by hand: somebody wanted it.
  }
  return { reason: `${FILE} is not as it was written`, since: null }
}

export function clearPanicLatch(directory: string): void {
  rmSync(join(directory, FILE), { force: true })
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
