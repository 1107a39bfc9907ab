import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openReadOnly } from '../../src/adapter/journal/sqlite/read-only.ts'
import { Dec } from '../../src/domain/decimal.ts'
import { parseClientOrderId } from '../../src/domain/id.ts'
import { TERMINAL_STATES } from '../../src/domain/order.ts'
import type { Truth } from './truth.ts'

/** Rows of each table of the journal, and what lies on the disk. */
export interface JournalSize {
  readonly rows: Readonly<Record<string, number>>
  /** Bytes of all files of the data directory. */
  readonly bytes: number
}

const TABLES = ['events', 'intents', 'orders', 'fills', 'decisions', 'trades', 'state'] as const

const files = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

export function journalFile(directory: string): string | null {
  return files(directory).find((file) => file.endsWith('journal.sqlite')) ?? null
}

export function journalSize(directory: string): JournalSize | null {
  const path = journalFile(directory)
  const opening = path === null ? null : openReadOnly(path)
  if (opening?.kind !== 'ok') return null
  const { database } = opening
  try {
    const count = (table: string): number =>
      Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'] ?? Number.NaN)
    const bytes = files(directory).reduce(
      (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
    return { rows: Object.fromEntries(TABLES.map((table) => [table, count(table)])), bytes }
  } finally {
    database.close()
  }
}

const terminal: ReadonlySet<string> = new Set(TERMINAL_STATES)
const canonical = (...parts: readonly (string | number)[]): string => parts.join(' ')
const number = (text: string): string => new Dec(text).toFixed()

/** How the journal differs from the exchange's own books, while nothing is on its way. */
export function differences(directory: string, truth: Truth): readonly string[] {
  const path = journalFile(directory)
  const opening = path === null ? null : openReadOnly(path)
  if (opening?.kind !== 'ok') return ['there is no journal']
  const { database } = opening
  try {
    const rows = (sql: string): Record<string, unknown>[] => database.prepare(sql).all()
    const text = (row: Record<string, unknown>, name: string): string => String(row[name])
    const found: string[] = []

    const intents = new Set(rows('SELECT client_order_id FROM intents').map((row) => text(row, 'client_order_id')))
    const regular = [...truth.regular.values()].map(({ clientOrderId, status }) => ({
      id: clientOrderId,
      isOpen: status === 'NEW' || status === 'PARTIALLY_FILLED',
    }))
    const algo = [...truth.algo.values()].map(({ clientAlgoId, algoStatus }) => ({
      id: clientAlgoId,
      isOpen: algoStatus === 'NEW',
    }))
    const there = new Map(
      [...regular, ...algo].filter(({ id }) => parseClientOrderId(id)).map((own) => [own.id, own.isOpen]),
    )
    for (const id of there.keys()) if (!intents.has(id)) found.push(`lost intent: the exchange has ${id}`)
    for (const row of rows('SELECT client_order_id, state FROM orders')) {
      const [id, state] = [text(row, 'client_order_id'), text(row, 'state')]
      const isOpen = there.get(id)
      if (isOpen !== undefined && isOpen === terminal.has(state))
        found.push(`${id} is ${state} in the journal and ${isOpen ? 'open' : 'over'} at the exchange`)
    }

    const ours = new Set(
      rows('SELECT symbol, trade_id, side, price, quantity, fee FROM fills').map((row) =>
        canonical(
          text(row, 'symbol'),
          number(text(row, 'trade_id').replace(/\D/g, '')),
          text(row, 'side'),
          number(text(row, 'price')),
          number(text(row, 'quantity')),
          number(text(row, 'fee')),
        ),
      ),
    )
    const theirs = new Set(
      [...truth.trades.values()].map(({ id, symbol, side, price, qty, commission }) =>
        canonical(symbol, id, side.toLowerCase(), number(price), number(qty), number(commission)),
      ),
    )
    for (const fill of theirs) if (!ours.has(fill)) found.push(`the exchange alone has the fill ${fill}`)
    for (const fill of ours) if (!theirs.has(fill)) found.push(`the journal alone has the fill ${fill}`)
    return found
  } finally {
    database.close()
  }
}
