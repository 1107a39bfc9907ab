import { readFileSync, rmSync, statSync } from 'node:fs'
import { open, rename, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { LatchWriting } from '../../port/latch-writing.ts'
import { makeDirectory } from '../directory/make-directory.ts'

/** A mark beside the journal that no bot of this account enters, until a person has taken it away. */
export interface PanicLatch {
  readonly reason: string
  /** ISO 8601, wall time; `null`: the file does not say. */
  readonly since: string | null
}

const FILE = 'panic.json'

/**
 * Begins to leave the latch, without holding up the process however slow the disk is. A plain file: it must work where the
 * database is broken, full or held by a bot that hangs. It can be seen before it is on disk; one that a full disk or a
 * power cut has left empty counts as set. A failure that nobody listens for is no crash.
 */
export function leavePanicLatch(directory: string, reason: string): LatchWriting {
  const writing = writeLatch(directory, JSON.stringify({ reason, since: new Date().toISOString() }))
  const visible = writing.then(() => undefined)
  const durable = writing.then((sync) => sync())
  for (const each of [visible, durable]) each.catch(() => undefined)
  return { visible, durable }
}

/** Puts the file in its place; returns what waits for the disk. */
async function writeLatch(directory: string, text: string): Promise<() => Promise<void>> {
  const path = join(directory, FILE)
  const draft = `${path}.${process.pid}`
  const file = await openIn(directory, draft)
  try {
    // A full disk takes the name at least, which counts as set.
    await file.writeFile(text).catch(() => undefined)
    await rename(draft, path)
  } catch (error) {
    await file.close()
    throw error
  }
  return async () => {
    try {
      await file.sync()
    } finally {
      await file.close()
    }
    await syncDirectory(directory)
  }
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

/** Whether it is there: quick enough for a look before every entry. What cannot be looked at counts as set. */
export function hasPanicLatch(directory: string): boolean {
  try {
    return statSync(join(directory, FILE), { throwIfNoEntry: false }) !== undefined
  } catch {
    return true
  }
}

export function clearPanicLatch(directory: string): void {
  rmSync(join(directory, FILE), { force: true })
}

/** Every call waits elsewhere, but for the making of a directory that no bot has ever used. */
async function openIn(directory: string, path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', 0o600)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    makeDirectory(directory, 0o700)
    return await open(path, 'w', 0o600)
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
