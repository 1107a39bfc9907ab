import type { OrderRow, PositionRow, StatusReport, TradeRow } from '../../domain/account-report.ts'
import { latchName } from '../../domain/latch-name.ts'
import { aligned } from '../aligned.ts'

const NONE = '-'
const WAITING = {
  down: 'DOWN: no entries until the books have been compared with it again',
  reconciling: 'being compared with the books: no entries until that has left nothing open',
} as const
const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ')
const or = (value: string | null): string => value ?? NONE

export function statusTable(status: StatusReport): string {
  const rows = [
    ['account', `${status.account}  [${status.mode.toUpperCase()}]`],
    ['state', status.trading_state],
    ...(status.venue === null || status.venue === 'ready' ? [] : [['exchange', WAITING[status.venue]]]),
    ...(status.journal_refuses === null
      ? []
      : [['journal', `TAKES NOTHING (${status.journal_refuses}): no entries until it does`]]),
    ['as of', `${status.as_of}  (${status.source})`],
    ['reconciled', status.reconciled_at ?? 'not yet: no entries until it is'],
    ['equity', or(status.equity)],
    ['wallet', or(status.wallet)],
    ['today', or(status.day_pnl)],
    ['positions', String(status.open_positions)],
    ['orders', String(status.open_orders)],
    [
      'unknown orders',
      status.unknown_orders === 0 ? '0' : `${status.unknown_orders}: being asked after, counted as open`,
    ],
    ...status.warming_up.map(({ symbol, days_known, days_needed }) => [
      `warm-up ${symbol}`,
      `${days_known} of ${days_needed} days of open interest; no map before that`,
    ]),
    ['config', status.config_hash],
    ...status.latches.map((latch) => [
      `latch ${latchName(latch)}`,
      `${latch.reason}  (since ${minute(latch.since)}${latch.until === null ? '' : `, until ${minute(latch.until)}`})`,
    ]),
  ]
  return aligned(rows)
}

export const ordersTable = (orders: readonly OrderRow[]): string =>
  aligned(
    [
      ['id', 'symbol', 'side', 'type', 'leg', 'state', 'quantity', 'filled', 'price', 'trigger', ''],
      ...orders.map((o) => [
        o.id,
        o.symbol,
        o.side,
        o.type,
        o.leg,
        o.state,
        o.quantity,
        o.filled,
        or(o.price),
        or(o.trigger_price),
        [o.foreign ? 'FOREIGN' : '', o.reduce_only ? 'reduce-only' : ''].filter(Boolean).join(' '),
      ]),
    ],
    [6, 7, 8, 9],
  )

export const positionsTable = (positions: readonly PositionRow[]): string =>
  aligned(
    [
      ['trade', 'symbol', 'side', 'quantity', 'entry', 'stop', 'target', 'liquidation', 'result', ''],
      ...positions.map((p) => [
        or(p.trade_id),
        p.symbol,
        p.direction,
        p.quantity,
        p.entry_price,
        or(p.stop_price),
        or(p.target_price),
        or(p.liquidation_price),
        or(p.unrealised_pnl),
        p.foreign ? 'FOREIGN' : p.protected ? '' : 'NO STOP AT THE VENUE',
      ]),
    ],
    [3, 4, 5, 6, 7, 8],
  )

export const tradesTable = (trades: readonly TradeRow[]): string =>
  aligned(
    [
      ['trade', 'symbol', 'side', 'strategy', 'entered', 'price', 'left', 'price', 'reason', 'result', 'R'],
      ...trades.map((t) => [
        t.id,
        t.symbol,
        t.direction,
        t.strategy,
        minute(t.entry_time),
        t.entry_price,
        minute(t.exit_time),
        t.exit_price,
        t.exit_reason,
        t.pnl,
        t.r_multiple.toFixed(2),
      ]),
    ],
    [5, 7, 9, 10],
  )
