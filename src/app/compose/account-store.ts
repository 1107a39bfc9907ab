import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeDirectory } from '../../adapter/directory/make-directory.ts'
import type { SqliteJournal } from '../../adapter/journal/sqlite/journal.ts'
import { openSqliteJournal } from '../../adapter/journal/sqlite/open.ts'
import { acquireLock, lockHolder, type LockResult } from '../../adapter/lock/instance-lock.ts'
import { sentence } from '../sentence.ts'
import { buildHash } from './build-hash.ts'

/** What a process holds of an account while it trades it. */
export interface AccountStore {
  readonly journal: SqliteJournal
  readonly directory: string
  /**
   * Takes the account for this process under the name that the exchange has for it as well: two keys of one account are
   * two names here. A sentence without a full stop: somebody has it.
   */
  claim(venueAccount: string): string | null
  close(): void
}

export type AccountStoreResult =
  | { readonly kind: 'ok'; readonly store: AccountStore }
  /** A sentence. */
  | { readonly kind: 'refused'; readonly message: string }

export interface AccountStoreOptions {
  readonly dataDir: string
  readonly account: string
  readonly mode: string
  readonly venue: string
  readonly configHash: string
  /** The account at the exchange is new: what the journal of an earlier one of this name says is put aside. */
  readonly fresh: boolean
}

export const JOURNAL_FILE = 'journal.sqlite'
const OWN_USER_ONLY = 0o700
const NO_HOME =
  'This user has no home directory, where the lock is that keeps a second bot off the account. Set HOME or XDG_STATE_HOME.'
/** Journals of ended simulations that are kept. */
const MAX_ASIDE = 3

/** Takes the account for this process alone and opens its journal. */
export function openAccountStore(options: AccountStoreOptions): AccountStoreResult {
  const { dataDir, account } = options
  const directory = join(dataDir, account)
  try {
    makeDirectory(directory, OWN_USER_ONLY)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { kind: 'refused', message: `The data directory cannot be used: ${why}. Choose another one: data_dir.` }
  }
  // Simulated money is where its files are, and nowhere else.
  const isHere = options.fresh || options.mode === 'paper'
  const locks = isHere ? locksIn(dataDir) : userLocks()
  if (locks === null) return { kind: 'refused', message: NO_HOME }
  const lock = acquireLock({ directory: locks, accountId: account })
  if (lock.kind !== 'held') return { kind: 'refused', message: sentence(lock.message) }
  const path = join(directory, JOURNAL_FILE)
  if (options.fresh) putAside(directory)
  const opened = openSqliteJournal({
    path,
    account,
    mode: options.mode,
    venue: options.venue,
    buildHash: buildHash(fileURLToPath(new URL('../../..', import.meta.url))),
    configHash: options.configHash,
    now: Date.now,
  })
  if (opened.kind === 'refused') {
    lock.release()
    return { kind: 'refused', message: sentence(opened.message) }
  }
  const { journal } = opened
  let claimed: Extract<LockResult, { kind: 'held' }> | null = null
  return {
    kind: 'ok',
    store: {
      journal,
      directory,
      claim(venueAccount) {
        const taken = acquireLock({ directory: locks, accountId: `${options.venue} ${options.mode} ${venueAccount}` })
        if (taken.kind !== 'held') return taken.message
        claimed = taken
        return null
      },
      close() {
        journal.close()
        claimed?.release()
        lock.release()
      },
    },
  }
}

/**
 * The process that has the account while nobody answers at its socket: it is starting, or ending. `null`: none is known.
 */
export function processOf(dataDir: string, account: string): number | null {
  for (const directory of [locksIn(dataDir), userLocks()]) {
    const pid = directory === null ? null : lockHolder({ directory, accountId: account })
    if (pid !== null) return pid
  }
  return null
}

const locksIn = (dataDir: string): string => join(dataDir, 'locks')

/**
 * An account that outlives its bot is locked for the user and not for a data directory: two directories are two journals,
 * and still one account. XDG Base Directory Specification: state is under XDG_STATE_HOME, else ~/.local/state.
 */
function userLocks(): string | null {
  const state = process.env['XDG_STATE_HOME']
  if (state !== undefined && isAbsolute(state)) return join(state, 'lodestone', 'locks')
  try {
    return join(homedir(), '.local', 'state', 'lodestone', 'locks')
  } catch {
    return null
  }
}

/** The journal of an exchange that no longer exists gets the time in its name; the oldest of those go. */
function putAside(directory: string): void {
  const path = join(directory, JOURNAL_FILE)
  if (!existsSync(path)) return
  const name = `ended-${Date.now()}.sqlite`
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(path + suffix)) renameSync(path + suffix, join(directory, name + suffix))
  const aside = readdirSync(directory)
    .filter((file) => /^ended-\d+\.sqlite$/.test(file))
    .toSorted()
  for (const old of aside.slice(0, -MAX_ASIDE))
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(directory, old + suffix), { force: true })
}
