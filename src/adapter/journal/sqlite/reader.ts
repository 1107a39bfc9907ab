import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import type {
  AccountReader,
  OrderRow,
  PositionRow,
  StatusReport,
  TradeFilter,
  TradeRow,
} from '../../../domain/account-report.ts'
import { Dec } from '../../../domain/decimal.ts'
import { TERMINAL_STATES } from '../../../domain/order.ts'
import { isoTime } from '../../../domain/time.ts'
import { latchRow } from '../../../domain/latch-row.ts'
import { tradingState } from '../../../domain/trading-state.ts'
import { epochMs } from '../../../domain/unit.ts'
import { text, whole } from './column.ts'
import { openReadOnly } from './read-only.ts'
import type { JournalRefusal } from './failure.ts'
import { readSaved, type SavedOrder, type SavedState, type SavedSymbol } from './saved-account.ts'

export type ReaderOpening =
  | { readonly kind: 'ok'; readonly reader: AccountReader; close(): void }
  | { readonly kind: 'none' }
  | JournalRefusal

/** Averages have as many digits as a division gives; more than these no venue knows. */
const PLACES = 8
/** Equity is an estimate at the last price. */
const CENTS = 2
const ended: ReadonlySet<string> = TERMINAL_STATES

/** How the account stood when its bot last wrote, for commands while none runs. Orders that are not ours are not in it. */
export function openJournalReader(path: string): ReaderOpening {
  const opening = openReadOnly(path)
  if (opening.kind !== 'ok') return opening
  const { database } = opening
  return { kind: 'ok', reader: createReader(database), close: () => database.close() }
}

function createReader(database: DatabaseSync): AccountReader {
  const saved = (): SavedState =>
    readSaved(
      database
        .prepare('SELECT key, value FROM state')
        .all()
        .map((row) => [text(row['key']), text(row['value'])] as const),
    )

  function openOrders(state: SavedState): OrderRow[] {
    const rows: OrderRow[] = []
    for (const [symbol, { orders }] of state.symbols)
      for (const order of orders) if (!ended.has(order.state)) rows.push(orderRow(symbol, order))
    return rows
  }

  return {
    status() {
      const state = saved()
      const orders = openOrders(state)
      return statusOf(database, state, orders)
    },
    orders: () => openOrders(saved()),
    positions: () => [...saved().symbols].flatMap(([symbol, state]) => positionRow(symbol, state) ?? []),
    trades: (filter) => tradesOf(database, filter),
  }
}

function statusOf(database: DatabaseSync, state: SavedState, orders: readonly OrderRow[]): StatusReport {
  const meta = new Map<string, string>()
  for (const row of database.prepare('SELECT key, value FROM meta').iterate())
    meta.set(text(row['key']), text(row['value']))
  const epoch = database.prepare('SELECT opened_at AS time, config_hash FROM epochs ORDER BY epoch DESC LIMIT 1').get()
  const lastEvent = database
    .prepare("SELECT time FROM events WHERE kind <> 'opened' ORDER BY sequence DESC LIMIT 1")
    .get()
  const { account, symbols } = state
  const latches = account?.latches ?? []
  return {
    account: meta.get('account') ?? '',
    mode: meta.get('mode') ?? '',
    source: 'journal',
    as_of: isoTime(epochMs(whole((lastEvent ?? epoch)?.['time']))),
    trading_state: tradingState(latches),
    venue: null,
    journal_refuses: null,
    // Each process reconciles for itself.
    reconciled_at: null,
    equity: account && account.equity.last.toFixed(CENTS),
    wallet: account && account.wallet,
    day_pnl: account && (account.equity.last - account.equity.dayStart).toFixed(CENTS),
    open_positions: [...symbols.values()].filter(({ signed }) => !new Dec(signed).isZero()).length,
    open_orders: orders.length,
    unknown_orders: orders.filter((order) => order.state === 'unknown').length,
    latches: latches.map(latchRow),
    warming_up: [],
    config_hash: text(epoch?.['config_hash']),
  }
}

const places = (value: string): string => new Dec(value).toDecimalPlaces(PLACES).toFixed()

function orderRow(symbol: string, { request, state, filled }: SavedOrder): OrderRow {
  return {
    id: request.clientOrderId,
    symbol,
    side: request.side,
    type: request.type,
    leg: request.leg,
    state,
    quantity: request.quantity,
    filled,
    price: request.price ?? null,
    trigger_price: request.triggerPrice ?? null,
    reduce_only: request.reduceOnly,
    foreign: false,
    trade_id: request.tradeId,
  }
}

function positionRow(symbol: string, { signed, entryPrice, trade }: SavedSymbol): PositionRow | undefined {
  const size = new Dec(signed)
  if (size.isZero()) return undefined
  const stop = trade?.stop
  return {
    trade_id: trade?.id ?? null,
    symbol,
    direction: size.isNegative() ? 'SHORT' : 'LONG',
    quantity: size.abs().toFixed(),
    entry_price: places(entryPrice),
    stop_price: trade?.stop?.price ?? null,
    target_price: trade?.target?.price ?? null,
    liquidation_price: null,
    unrealised_pnl: null,
    protected: stop ? stop.accepted && size.abs().lte(stop.quantity) : false,
    foreign: trade === null,
  }
}

/** A closed trade as its note was written. */
const writtenTrade = z.object({
  id: z.string(),
  symbol: z.string(),
  strategy: z.string(),
  direction: z.string(),
  entryTime: z.number(),
  entryPrice: z.string(),
  quantity: z.string(),
  exitTime: z.number(),
  exitPrice: z.string(),
  exitReason: z.string(),
  fees: z.string(),
  funding: z.string(),
  pnl: z.string(),
  rMultiple: z.number().nullable(),
})

/** The newest, oldest of them first. */
function tradesOf(database: DatabaseSync, { symbol, since, limit }: TradeFilter): TradeRow[] {
  const newest = database.prepare(
    `SELECT body FROM trades WHERE (?1 IS NULL OR symbol = ?1) AND (?2 IS NULL OR exit_time >= ?2)
     ORDER BY exit_time DESC, id DESC LIMIT ?3`,
  )
  return newest
    .all(symbol, since, limit)
    .map((row) => tradeRow(writtenTrade.parse(JSON.parse(text(row['body'])))))
    .toReversed()
}

const tradeRow = (trade: z.infer<typeof writtenTrade>): TradeRow => ({
  id: trade.id,
  symbol: trade.symbol,
  strategy: trade.strategy,
  direction: trade.direction,
  entry_time: isoTime(epochMs(trade.entryTime)),
  entry_price: places(trade.entryPrice),
  quantity: trade.quantity,
  exit_time: isoTime(epochMs(trade.exitTime)),
  exit_price: places(trade.exitPrice),
  exit_reason: trade.exitReason,
  fees: trade.fees,
  funding: trade.funding,
  pnl: trade.pnl,
  r_multiple: Number((trade.rMultiple ?? 0).toFixed(4)),
})
