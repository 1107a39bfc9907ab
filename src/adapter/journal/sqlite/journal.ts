import type { DatabaseSync } from 'node:sqlite'
import type { CommitResult, Journal } from '../../../port/journal.ts'
import { storageFailure, type StorageFailure } from './failure.ts'
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
 * written, in order, in front of the next commit that succeeds. An order id that is used twice throws before anything of
 * it is kept, whatever the disk does: that is a mistake, and in the spool it would bar every later commit.
 */
export function createJournal({ database, epoch, saved, spoolLimit = SPOOL_LIMIT }: JournalParts): SqliteJournal {
  const writer = createWriter(database, epoch)
  const begin = database.prepare('BEGIN IMMEDIATE')
  const end = database.prepare('COMMIT')
  const selectIntent = database.prepare('SELECT 1 FROM intents WHERE client_order_id = ?')
  const spool: JournalRecord[] = []
  /** The latest save of each key among them; it outlives the record that it came with. */
  const unsaved = new Map<string, Change>()
  let dropped = 0
  let untold = 0

  /** A disk that cannot be read speaks for the id: what it kept back is found in the spool. */
  function isWritten(id: string): boolean {
    try {
      return selectIntent.get(id) !== undefined
    } catch (error) {
      if (!storageFailure(error)) throw error
      return false
    }
  }

  function forbidRepeated({ changes }: JournalRecord): void {
    for (const [i, change] of changes.entries()) {
      if (change.kind !== 'intent') continue
      const { id } = change
      const isSame = (other: Change): boolean => other.kind === 'intent' && other.id === id
      const before = changes.slice(0, i)
      if (before.some(isSame) || spool.some((late) => late.changes.some(isSame)) || isWritten(id))
        throw new Error(`journal: order id ${id} is submitted a second time`)
    }
  }

  function writeAll(record: JournalRecord | null): void {
    begin.run()
    const time = spool[0]?.time ?? record?.time ?? 0
    if (untold > 0) writer.append(time, 'records_dropped', JSON.stringify({ count: untold }))
    for (const late of spool) writer.write(late)
    for (const change of unsaved.values()) writer.apply(change, time)
    if (record) writer.write(record)
    end.run()
  }

  function keep(record: JournalRecord, why: string): void {
    if (spool.length === 0) setBusyTimeout(database, BUSY_AGAIN_MS)
    for (const change of record.changes) if (change.kind === 'save') unsaved.set(change.key, change)
    spool.push(markLate(record, why))
    if (spool.length <= spoolLimit) return
    spool.shift()
    dropped++
    untold++
  }

  function settle(record: JournalRecord | null): void {
    writer.settle()
    if (spool.length > 0) setBusyTimeout(database, BUSY_MS)
    remember(unsaved.values(), saved)
    if (record) remember(record.changes, saved)
    spool.length = 0
    unsaved.clear()
    untold = 0
  }

  /** `undefined`: on disk. */
  function attempt(record: JournalRecord | null): StorageFailure | undefined {
    try {
      writeAll(record)
    } catch (error) {
      const failure = storageFailure(error)
      rollBack(database)
      writer.rewind()
      if (!failure) throw error
      return failure
    }
    settle(record)
    return undefined
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
      forbidRepeated(record)
      const failure = attempt(record)
      if (!failure) return DURABLE
      keep(record, failure[0])
      return { kind: 'refused', message: failure[1] }
    },
    close() {
      // Nothing more will come that could carry it; what the disk does not take now is lost with the process.
      if (spool.length > 0) attempt(null)
      database.close()
    },
  }
}

function remember(changes: Iterable<Change>, saved: Map<string, string>): void {
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
function rollBack(database: DatabaseSync): void {
  if (database.isTransaction) database.exec('ROLLBACK')
}
