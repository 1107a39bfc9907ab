import { join } from 'node:path'
import { openReadOnly } from '../../src/adapter/journal/sqlite/read-only.ts'
import { verifyAudit } from '../../src/adapter/journal/sqlite/verify.ts'
import { Dec } from '../../src/domain/decimal.ts'
import { parseClientOrderId } from '../../src/domain/id.ts'
import { TERMINAL_STATES } from '../../src/domain/order.ts'
import { MINUTE_MS, SECOND_MS } from '../../src/domain/time.ts'
import { isOpenAlgo, isOpenRegular } from '../../src/exchange/protocol/binance-usdm/order-record.ts'
import type { BotReport } from './bot.ts'
import { nakedTimes } from './stop-cover.ts'
import type { Stage } from './stage.ts'

/** What may be wrong after a day of crashes. */
export const RULES = [
  'duplicate entry',
  'lost intent',
  'no stop',
  'books differ',
  'order left open',
  'second start acts',
  'audit broken',
  'bot failed',
] as const

export interface Violation {
  readonly rule: (typeof RULES)[number]
  readonly detail: string
}

const BAR_MS = 5 * MINUTE_MS
const MOST_NAKED_MS = 5 * SECOND_MS
const terminal: ReadonlySet<string> = TERMINAL_STATES
const canonical = (...parts: readonly (string | number)[]): string => parts.join(' ')
const number = (text: string): string => new Dec(text).toFixed()

interface JournalTables {
  readonly intents: ReadonlySet<string>
  readonly orders: ReadonlyMap<string, string>
  readonly fills: readonly string[]
  readonly times: ReadonlyMap<string, number>
}

function readTables(path: string): JournalTables | string {
  const opening = openReadOnly(path)
  if (opening.kind !== 'ok') return opening.kind === 'none' ? 'there is no journal' : opening.message
  const { database } = opening
  const rows = (sql: string): Record<string, unknown>[] => database.prepare(sql).all()
  const tables = {
    intents: new Set(rows('SELECT client_order_id FROM intents').map((row) => String(row['client_order_id']))),
    orders: new Map(
      rows('SELECT client_order_id, state FROM orders').map((row) => [
        String(row['client_order_id']),
        String(row['state']),
      ]),
    ),
    fills: rows('SELECT trade_id, side, price, quantity, fee FROM fills').map((row) =>
      canonical(
        number(String(row['trade_id']).replace(/\D/g, '')),
        String(row['side']),
        number(String(row['price'])),
        number(String(row['quantity'])),
        number(String(row['fee'])),
      ),
    ),
    times: new Map(
      rows('SELECT client_order_id, time FROM intents').map((row) => [
        String(row['client_order_id']),
        Number(row['time']),
      ]),
    ),
  }
  database.close()
  return tables
}

/** Compares the exchange's own books with the journal and with what the last bot said. */
export function judge({ server, dataDir }: Stage, journalFile: string, report: BotReport): readonly Violation[] {
  const found: Violation[] = []
  const add = (rule: Violation['rule'], detail: string): void => void found.push({ rule, detail })
  const path = join(dataDir, journalFile)
  const tables = readTables(path)
  if (typeof tables === 'string') return [{ rule: 'audit broken', detail: tables }]
  const audit = verifyAudit(path)
  if (audit.kind !== 'whole') add('audit broken', audit.kind === 'broken' ? audit.message : audit.kind)

  const { account } = server
  const regular = [...account.orders.regular.values()].filter(({ parent }) => parent === null)
  const algo = [...account.orders.algo.values()]
  const seen = [
    ...regular.map((order) => ({ id: order.clientOrderId, order })),
    ...algo.map((order) => ({ id: order.clientAlgoId, order })),
  ]
  const ids = new Set<string>()
  const entryBars = new Map<number, string>()
  for (const { id, order } of seen) {
    const parts = parseClientOrderId(id)
    if (ids.has(id)) add('duplicate entry', `${id} was accepted twice`)
    ids.add(id)
    if (!tables.intents.has(id)) add('lost intent', `the exchange has ${id}, the journal has not`)
    if (parts?.leg !== 'entry' || order.status === 'REJECTED') continue
    // Decisions are taken at the end of a bar: two entries within one come from one signal.
    const bar = Math.floor(order.createTime / BAR_MS)
    const other = entryBars.get(bar)
    if (other !== undefined) add('duplicate entry', `${other} and ${id} stand for one signal`)
    entryBars.set(bar, id)
  }
  for (const [id, state] of tables.orders)
    if (ids.has(id) && !terminal.has(state)) add('order left open', `${id} is ${state} in the journal`)
  for (const order of regular)
    if (isOpenRegular(order)) add('order left open', `${order.clientOrderId} rests at the exchange`)
  for (const order of algo) if (isOpenAlgo(order)) add('order left open', `${order.clientAlgoId} rests at the exchange`)
  for (const { from, until } of nakedTimes(server))
    if (until - from > MOST_NAKED_MS)
      add('no stop', `${((until - from) / SECOND_MS).toFixed(1)} s from ${new Date(from).toISOString().slice(11, 23)}`)

  const theirs = account.trades.map((trade) =>
    canonical(trade.id, trade.side.toLowerCase(), number(trade.price), number(trade.quantity), number(trade.fee)),
  )
  const [ours, expected] = [tables.fills.toSorted().join('; '), theirs.toSorted().join('; ')]
  if (ours !== expected) add('books differ', `fills: ${ours} | at the exchange: ${expected}`)
  if (!new Dec(report.wallet).eq(account.wallet()))
    add('books differ', `wallet ${report.wallet}, at the exchange ${account.wallet().toFixed()}`)
  if (report.ledgerAgrees !== true) add('books differ', 'the bot does not agree with the exchange')
  for (const instrument of server.instruments)
    if (!account.position(instrument).signed.isZero()) add('order left open', 'a position is left')
  if (report.openPositions > 0 || !report.settled) add('order left open', 'the bot has not closed its day')
  return found
}
