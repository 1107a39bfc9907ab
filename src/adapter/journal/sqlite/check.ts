import type { DatabaseSync } from 'node:sqlite'
import { digestOf, GENESIS, hashOf, type AuditRow } from './chain.ts'
import { text, whole } from './column.ts'

/** Rows at the audit's end that every opening checks; `audit verify` checks all. */
const TAIL = 1_000

/** Where the audit contradicts itself. */
export interface Break {
  readonly sequence: number
  readonly message: string
}

export type ChainCheck =
  | { readonly kind: 'whole'; readonly rows: number; readonly hash: string }
  | ({ readonly kind: 'broken' } & Break)

/** Follows the audit from the row after `from`, up to the recorded end; the first row that does not fit ends it. */
export function checkChain(database: DatabaseSync, from = 0): ChainCheck {
  const broken = (sequence: number, message: string): ChainCheck => ({ kind: 'broken', sequence, message })
  let before = from
  let previous = GENESIS
  if (from > 0) {
    const row = database.prepare('SELECT hash FROM events WHERE sequence = ?').get(from)
    if (!row) return broken(from, 'the row is missing')
    previous = text(row['hash'])
  }
  const rows = database.prepare('SELECT * FROM events WHERE sequence > ? ORDER BY sequence')
  for (const columns of rows.iterate(from)) {
    const row = auditRow(columns)
    if (row.sequence !== before + 1) return broken(before + 1, 'the row is missing')
    if (row.previous !== previous) return broken(row.sequence, 'the row does not continue the one before')
    if (hashOf(row) !== row.hash) return broken(row.sequence, 'the row is not as it was written')
    before = row.sequence
    previous = row.hash
  }
  const head = database.prepare('SELECT sequence, hash FROM head').get()
  const last = whole(head?.['sequence'])
  if (before < last) return broken(before + 1, 'the row is missing')
  if (before > last) return broken(last + 1, 'the row stands beyond the recorded end')
  if (text(head?.['hash']) !== previous) return broken(last, 'the row is not the recorded end')
  return { kind: 'whole', rows: last, hash: previous }
}

const auditRow = (row: Readonly<Record<string, Parameters<typeof text>[0]>>): AuditRow => ({
  sequence: whole(row['sequence']),
  time: whole(row['time']),
  kind: text(row['kind']),
  body: text(row['body']),
  previous: text(row['previous']),
  hash: text(row['hash']),
})

/** What is wrong with a journal that is to be written on; `undefined`: nothing that a quick look finds. */
export function damageOf(database: DatabaseSync): string | undefined {
  const structure = brokenStructure(database)
  if (structure !== undefined) return structure
  const last = whole(database.prepare('SELECT coalesce(max(sequence), 0) AS last FROM events').get()?.['last'])
  const chain = checkChain(database, Math.max(0, last - TAIL))
  if (chain.kind === 'broken') return `audit row ${chain.sequence}: ${chain.message}`
  return brokenState(database)
}

/** What SQLite finds wrong with the file. */
export function brokenStructure(database: DatabaseSync): string | undefined {
  const answer = database.prepare('PRAGMA quick_check(1)').get()
  const verdict = String(answer && Object.values(answer)[0])
  return verdict === 'ok' ? undefined : verdict
}

/** A saved value that is not what was saved. */
export function brokenState(database: DatabaseSync): string | undefined {
  for (const row of database.prepare('SELECT key, value, digest FROM state').iterate())
    if (digestOf(text(row['value'])) !== text(row['digest']))
      return `the state ${text(row['key'])} is not as it was written`
  return undefined
}
