import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { refuse, storageFailure, type JournalRefusal } from './failure.ts'
import { versionOf } from './migrate.ts'
import { APPLICATION_ID, MIGRATIONS } from './schema.ts'
import { pragma } from './settings.ts'

export type ReadOnlyOpening =
  | { readonly kind: 'ok'; readonly database: DatabaseSync }
  | { readonly kind: 'none' }
  | JournalRefusal

const WAIT_MS = 1_000

/** Opens the journal for reading, also beside the bot that writes it; what is read is the last committed state. */
export function openReadOnly(path: string): ReadOnlyOpening {
  let database: DatabaseSync | undefined
  try {
    if (!statSync(path, { throwIfNoEntry: false })) return { kind: 'none' }
    database = new DatabaseSync(path, { readOnly: true, timeout: WAIT_MS })
    const refusal = examine(database, path)
    if (!refusal) return { kind: 'ok', database }
    database.close()
    return refusal
  } catch (error) {
    if (database?.isOpen) database.close()
    const failure = storageFailure(error)
    if (!failure) throw error
    return refuse(failure[0], `${path} cannot be read: ${failure[1]}`)
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
