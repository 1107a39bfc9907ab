import type { DatabaseSync } from 'node:sqlite'
import type { CommitResult, Journal } from '../../../port/journal.ts'
import { storageFailure } from './failure.ts'
import { markLate, recordOf, type Change, type JournalRecord } from './record.ts'
import { createWriter } from './writer.ts'

/** A lock that another process holds is waited for this long, once; after a refusal the next ones try shortly. */
export const BUSY_MS = 5_000
const BUSY_AGAIN_MS = 50
/** What the disk refused is kept up to this many records; the oldest go first, and the audit says how many did. */
const SPOOL_LIMIT = 4_096

const DURABLE: CommitResult = { kind: 'durable' }

export interface SqliteJournal extends Journal {
  /** Rises with every opening: the ids of this process's orders bear it. */
  readonly epoch: number
  /** What `save` effects left, as last committed. */
  readonly saved: ReadonlyMap<string, string>
  /** Last row of the audit. */
  readonly sequence: number
  /** Refused records that wait in memory for a disk that takes them. */
  readonly spooled: number
  /** Refused records that no longer fitted. */
  readonly dropped: number
  close(): void
}

export interface JournalParts {
  /** Opened, checked and of the present version. */
  readonly database: DatabaseSync
  readonly epoch: number
  readonly saved: Map<string, string>
  readonly spoolLimit?: number
}

/**
 * A commit is one transaction, on disk when it answers `durable`. What the storage refuses stays in memory and is
 * written, in order, in front of the next commit that succeeds. An order id that is used twice throws: that is a mistake.
 */
export function createJournal({ database, epoch, saved, spoolLimit = SPOOL_LIMIT }: JournalParts): SqliteJournal {
  const writer = createWriter(database, epoch)
  const begin = database.prepare('BEGIN IMMEDIATE')
  const end = database.prepare('COMMIT')
  const spool: JournalRecord[] = []
  let dropped = 0
  let untold = 0

  function writeAll(record: JournalRecord): void {
    begin.run()
    if (untold > 0) writer.append(spool[0]?.time ?? record.time, 'records_dropped', JSON.stringify({ count: untold }))
    for (const late of spool) writer.write(late)
    writer.write(record)
    end.run()
  }

  function keep(record: JournalRecord, why: string): void {
    if (spool.length === 0) setBusyTimeout(database, BUSY_AGAIN_MS)
    spool.push(markLate(record, why))
    if (spool.length <= spoolLimit) return
    spool.shift()
    dropped++
    untold++
  }

  function settle(record: JournalRecord): void {
    writer.settle()
    if (spool.length > 0) setBusyTimeout(database, BUSY_MS)
    for (const late of spool) remember(late.changes, saved)
    remember(record.changes, saved)
    spool.length = 0
    untold = 0
  }

  return {
    epoch,
    saved,
    get sequence() {
      return writer.sequence
    },
    get spooled() {
      return spool.length
    },
    get dropped() {
      return dropped
    },
    commit(event, effects) {
      const record = recordOf(event, effects)
      if (!record) return DURABLE
      try {
        writeAll(record)
      } catch (error) {
        const failure = storageFailure(error)
        rollBack(database)
        writer.rewind()
        if (!failure) throw error
        keep(record, failure[0])
        return { kind: 'refused', message: failure[1] }
      }
      settle(record)
      return DURABLE
    },
    close() {
      database.close()
    },
  }
}

function remember(changes: readonly Change[], saved: Map<string, string>): void {
  for (const change of changes) {
    if (change.kind !== 'save') continue
    if (change.value === null) saved.delete(change.key)
    else saved.set(change.key, change.value)
  }
}

function setBusyTimeout(database: DatabaseSync, ms: number): void {
  database.exec(`PRAGMA busy_timeout = ${ms}`)
}

/** SQLite has rolled back by itself after some failures. */
export function rollBack(database: DatabaseSync): void {
  if (database.isTransaction) database.exec('ROLLBACK')
}
