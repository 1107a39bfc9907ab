import { accessSync, chmodSync, closeSync, constants, existsSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { canonicalJson } from './canonical.ts'
import { damageOf } from './check.ts'
import { text, whole } from './column.ts'
import { refuse, storageFailure, type JournalRefusal } from './failure.ts'
import { BUSY_MS, createJournal, type SqliteJournal } from './journal.ts'
import { found, migrate, versionOf, type Identity } from './migrate.ts'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'
import { makeDurable, pragma } from './settings.ts'
import { createWriter } from './writer.ts'

/** Three digits to the base 36 in an order's id, without the last, which `panic` uses. */
const LAST_EPOCH = 36 ** 3 - 2

export interface JournalOptions extends Identity {
  readonly path: string
  readonly buildHash: string
  readonly configHash: string
  /** Wall time, epoch ms. */
  readonly now: () => number
  /** How long a lock of another process is waited for, ms. */
  readonly busyMs?: number
  /** The steps to the present version; another list in tests. */
  readonly migrations?: readonly string[]
}

export type JournalOpening = { readonly kind: 'ok'; readonly journal: SqliteJournal } | JournalRefusal

/**
 * Opens the journal of one account, or makes a new one where there is none. Raises the epoch before anything else is
 * written. A refusal leaves the file as it was. Only for who holds the account's lock.
 */
export function openSqliteJournal(options: JournalOptions): JournalOpening {
  const { path, busyMs = BUSY_MS } = options
  let database: DatabaseSync | undefined
  try {
    prepareFile(path)
    database = new DatabaseSync(path, { timeout: busyMs, enableForeignKeyConstraints: true })
    const refusal = examine(database, options) ?? makeDurable(database) ?? bringForward(database, options)
    const epoch = refusal ?? nextEpoch(database, options)
    if (typeof epoch === 'number') {
      const journal = createJournal({ database, epoch, saved: savedState(database) })
      return { kind: 'ok', journal }
    }
    database.close()
    return epoch
  } catch (error) {
    if (database?.isOpen) database.close()
    const failure = storageFailure(error)
    if (!failure) throw error
    return refuse(failure[0], `${path} cannot be used as the journal: ${failure[1]}`)
  }
}

/** Nobody but this user can read it. Makes the last directory of the path, not those above: a missing disk must show. */
function prepareFile(path: string): void {
  const directory = dirname(path)
  if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 })
  accessSync(directory, constants.W_OK)
  closeSync(openSync(path, existsSync(path) ? 'r+' : 'wx', 0o600))
  chmodSync(path, 0o600)
}

/** Looks before anything is written. */
function examine(
  database: DatabaseSync,
  { path, migrations = MIGRATIONS, ...asked }: JournalOptions,
): JournalRefusal | undefined {
  const version = versionOf(database)
  if (isEmpty(database)) return undefined
  if (pragma(database, 'application_id') !== APPLICATION_ID)
    return refuse('JOURNAL_NOT_A_JOURNAL', `${path} is a database, but no journal of Lodestone`)
  if (version > migrations.length)
    return refuse(
      'JOURNAL_NEWER',
      `${path} was written by a newer Lodestone (version ${version}, this one knows ${migrations.length}); update, or use another path`,
    )
  const damage = damageOf(database)
  if (damage !== undefined)
    return refuse(
      'JOURNAL_CORRUPT',
      `${path} is damaged (${damage}); nothing was changed, restore a backup or move it away`,
    )
  const known = new Map<string, string>()
  for (const row of database.prepare('SELECT key, value FROM meta').iterate())
    known.set(text(row['key']), text(row['value']))
  for (const key of ['venue', 'account', 'mode'] as const)
    if (known.get(key) !== asked[key])
      return refuse(
        'JOURNAL_OTHER_ACCOUNT',
        `${path} belongs to ${key} ${known.get(key)}, not ${asked[key]}; every account has its own journal`,
      )
  return undefined
}

const isEmpty = (database: DatabaseSync): boolean =>
  whole(pragma(database, 'application_id')) === 0 &&
  database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.['tables'] === 0

function bringForward(database: DatabaseSync, options: JournalOptions): undefined {
  const { path, account, mode, venue, now, migrations = MIGRATIONS } = options
  if (isEmpty(database)) found(database, { account, mode, venue }, migrations)
  migrate(database, path, migrations, now())
}

function nextEpoch(
  database: DatabaseSync,
  { path, buildHash, configHash, now }: JournalOptions,
): number | JournalRefusal {
  database.exec('BEGIN IMMEDIATE')
  const last = whole(database.prepare('SELECT coalesce(max(epoch), 0) AS last FROM epochs').get()?.['last'])
  if (last >= LAST_EPOCH) {
    database.exec('ROLLBACK')
    return refuse(
      'JOURNAL_EPOCHS_EXHAUSTED',
      `${path} was opened ${last} times, and order ids hold no more; start a new one`,
    )
  }
  const epoch = last + 1
  const time = now()
  database
    .prepare('INSERT INTO epochs (epoch, opened_at, build_hash, config_hash) VALUES (?, ?, ?, ?)')
    .run(epoch, time, buildHash, configHash)
  createWriter(database, epoch).append(time, 'opened', canonicalJson({ epoch, buildHash, configHash }))
  database.exec('COMMIT')
  // Into the file itself, before an order id uses it: a journal whose log is lost must not begin at a used epoch again.
  database.exec('PRAGMA wal_checkpoint(PASSIVE)')
  return epoch
}

function savedState(database: DatabaseSync): Map<string, string> {
  const saved = new Map<string, string>()
  for (const row of database.prepare('SELECT key, value FROM state').iterate())
    saved.set(text(row['key']), text(row['value']))
  return saved
}
