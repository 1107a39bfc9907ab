import { hash } from 'node:crypto'

/** One row of the audit. */
export interface AuditRow {
  readonly sequence: number
  /** Epoch ms, on the clock of what is told. */
  readonly time: number
  readonly kind: string
  readonly body: string
  /** Hash of the row before; `GENESIS` for the first. */
  readonly previous: string
  readonly hash: string
}

export const GENESIS = '0'.repeat(64)

export const digestOf = (text: string): string => hash('sha256', text)

/** SHA-256, hex, over every column but itself. */
export const hashOf = (row: Omit<AuditRow, 'hash'>): string =>
  digestOf(`${row.previous}\n${row.sequence}\n${row.time}\n${row.kind}\n${row.body}`)
