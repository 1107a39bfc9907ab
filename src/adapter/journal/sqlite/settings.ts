import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { whole } from './column.ts'
import { refuse, type JournalRefusal } from './failure.ts'

/** Older ones have a fault that can lose what a checkpoint of the write-ahead log overlaps with. */
const OLDEST_SQLITE = [3, 51, 3] as const
/** `PRAGMA synchronous`: every commit waits for the disk. */
const FULL = 2

export function pragma(database: DatabaseSync, name: string): SQLOutputValue | undefined {
  const row = database.prepare(`PRAGMA ${name}`).get()
  return row && Object.values(row)[0]
}

/** Sets what durability needs and reads it back, because defaults change and a build may refuse them. */
export function makeDurable(database: DatabaseSync): JournalRefusal | undefined {
  const version = String(database.prepare('SELECT sqlite_version() AS version').get()?.['version'])
  if (!isAtLeast(version, OLDEST_SQLITE))
    return refuse(
      'JOURNAL_NOT_DURABLE',
      `SQLite ${version} is too old for a journal; ${OLDEST_SQLITE.join('.')} is needed`,
    )
  // fullfsync: on macOS a plain fsync leaves data in the drive's cache; elsewhere it means nothing.
  database.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
    PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON; PRAGMA trusted_schema = OFF;
  `)
  const mode = String(pragma(database, 'journal_mode'))
  const synchronous = whole(pragma(database, 'synchronous'))
  if (mode === 'wal' && synchronous === FULL && whole(pragma(database, 'foreign_keys')) === 1) return undefined
  return refuse(
    'JOURNAL_NOT_DURABLE',
    `SQLite does not keep what it is told here (journal_mode ${mode}, synchronous ${synchronous}); use a local disk`,
  )
}

function isAtLeast(version: string, oldest: readonly number[]): boolean {
  const parts = version.split('.').map(Number)
  for (const [i, least] of oldest.entries()) {
    const part = parts[i] ?? 0
    if (part !== least) return part > least
  }
  return true
}
