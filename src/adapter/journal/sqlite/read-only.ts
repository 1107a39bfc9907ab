import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { refuse, storageFailure, type JournalCode, type JournalRefusal, type StorageFailure } from './failure.ts'
import { versionOf } from './migrate.ts'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'
import { pragma } from './settings.ts'

export type ReadOnlyOpening =
  | { readonly kind: 'ok'; readonly database: DatabaseSync }
  | { readonly kind: 'none' }
  | JournalRefusal

const WAIT_MS = 1_000

/**
 * Opens the journal for reading, also beside the bot that writes it; what is read is the last committed state. A journal
 * that was closed in order is read where this user may write nothing, too.
 */
export function openReadOnly(path: string): ReadOnlyOpening {
  try {
    if (!statSync(path, { throwIfNoEntry: false })) return { kind: 'none' }
    return openExamined(path, path)
  } catch (error) {
    const failure = storageFailure(error)
    if (!failure) throw error
    return NO_ROOM.has(failure[0]) ? openUnchanging(path, failure) : unreadable(path, failure)
  }
}

/** What SQLite says where it may not put its index of the write-ahead log beside the journal. */
const NO_ROOM: ReadonlySet<JournalCode> = new Set(['JOURNAL_READ_ONLY', 'JOURNAL_IO'])

/** As a file that nobody writes, which needs nothing beside it; only right where no log holds commits that it lacks. */
function openUnchanging(path: string, failure: StorageFailure): ReadOnlyOpening {
  try {
    if ((statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
      return refuse(
        failure[0],
        `${path} cannot be read: its last commits are in ${path}-wal, and this user may not write beside it, which reading them needs; copy both files to a directory of your own, or ask as the user who runs the bot`,
      )
    // A bot may be at work; who has just opened a journal has an empty log.
    if (statSync(`${path}-shm`, { throwIfNoEntry: false })) return unreadable(path, failure)
    const address = pathToFileURL(path)
    address.searchParams.set('immutable', '1')
    return openExamined(address, path)
  } catch (error) {
    const again = storageFailure(error)
    if (!again) throw error
    return unreadable(path, again)
  }
}

const unreadable = (path: string, [code, sentence]: StorageFailure): JournalRefusal =>
  refuse(code, `${path} cannot be read: ${sentence}`)

function openExamined(address: string | URL, path: string): ReadOnlyOpening {
  const database = new DatabaseSync(address, { readOnly: true, timeout: WAIT_MS })
  try {
    const refusal = examine(database, path)
    if (!refusal) return { kind: 'ok', database }
    database.close()
    return refusal
  } catch (error) {
    database.close()
    throw error
  }
}

function examine(database: DatabaseSync, path: string): JournalRefusal | undefined {
  if (pragma(database, 'application_id') !== APPLICATION_ID)
    return refuse('JOURNAL_NOT_A_JOURNAL', `${path} is no journal of Lodestone`)
  const version = versionOf(database)
  if (version > MIGRATIONS.length)
    return refuse('JOURNAL_NEWER', `${path} was written by a newer Lodestone (version ${version}); update to read it`)
  if (version < MIGRATIONS.length)
    return refuse(
      'JOURNAL_OLDER',
      `${path} was written by an older Lodestone (version ${version}); a start carries it forward`,
    )
  return undefined
}
