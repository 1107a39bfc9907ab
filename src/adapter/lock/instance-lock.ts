import { hash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeDirectory } from '../directory/make-directory.ts'
import { storageFailure } from '../journal/sqlite/failure.ts'

export interface LockOptions {
  /** Where the locks of this machine are; made (0700) if it is missing. */
  readonly directory: string
  /** What the exchange calls the account: two configurations of one account exclude each other. */
  readonly accountId: string
}

export type LockResult =
  | { readonly kind: 'held'; release(): void }
  /** Somebody else trades this account. */
  | { readonly kind: 'taken'; readonly message: string }
  /** Whether somebody does cannot be found out. */
  | { readonly kind: 'failed'; readonly message: string }

/**
 * Takes the account for this process, or says who has it. It is the operating system that holds the lock: it ends with
 * the process, however that ends, and what the files say is no more than information.
 */
export function acquireLock({ directory, accountId }: LockOptions): LockResult {
  const path = join(directory, fileName(accountId))
  const holder = `${path}.json`
  let database: DatabaseSync | undefined
  try {
    makeDirectory(directory, 0o700)
    if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    if (database?.isOpen) database.close()
    const failure = storageFailure(error)
    if (!failure) throw error
    if (failure[0] === 'JOURNAL_BUSY') return { kind: 'taken', message: takenSentence(accountId, holder) }
    return {
      kind: 'failed',
      message: `the lock of account ${accountId} in ${directory} cannot be taken: ${failure[1]}`,
    }
  }
  const held = database
  tellHolder(holder)
  return {
    kind: 'held',
    release() {
      if (!held.isOpen) return
      try {
        rmSync(holder, { force: true })
      } catch {
        // It is no more than information.
      }
      held.close()
    },
  }
}

/** The live process that has written that it holds the account's lock; information, and no lock. `null`: none has. */
export function lockHolder({ directory, accountId }: LockOptions): number | null {
  const { pid } = readHolder(`${join(directory, fileName(accountId))}.json`)
  return pid !== undefined && isAlive(pid) ? pid : null
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process is one all the same.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** For the sentence that refuses the next one; the lock holds without it. */
function tellHolder(path: string): void {
  try {
    writeFileSync(path, JSON.stringify({ pid: process.pid, since: new Date().toISOString() }), { mode: 0o600 })
  } catch {
    // A full disk, a file of somebody else's: the holder stays without a name.
  }
}

/** Readable, and different for ids that a file system would not tell apart. */
const fileName = (accountId: string): string =>
  `${accountId.replaceAll(/[^\w-]/g, '_').slice(0, 64)}-${hash('sha256', accountId).slice(0, 8)}.lock`

function takenSentence(accountId: string, holder: string): string {
  const { pid, since } = readHolder(holder)
  const who = pid === undefined ? 'another process' : `process ${pid}`
  return `account ${accountId} is traded by ${who}${since === undefined ? '' : ` since ${since}`}; stop it first`
}

function readHolder(path: string): { readonly pid?: number; readonly since?: string } {
  try {
    const told: unknown = JSON.parse(readFileSync(path, 'utf8'))
    if (typeof told !== 'object' || told === null) return {}
    const pid = 'pid' in told && typeof told.pid === 'number' ? { pid: told.pid } : {}
    const since = 'since' in told && typeof told.since === 'string' ? { since: told.since } : {}
    return { ...pid, ...since }
  } catch {
    return {}
  }
}
