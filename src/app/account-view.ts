import type { AccountReader, OrderRow, PositionRow, StatusReport, TradeRow } from '../domain/account-report.ts'
import { Dec, type Decimal } from '../domain/decimal.ts'
import type { Elsewhere, OrderReport, PositionReport } from '../domain/event.ts'
import { sign, type Direction } from '../domain/side.ts'
import { isoTime } from '../domain/time.ts'
import { latchRow } from '../domain/latch-row.ts'
import type { Trade } from '../domain/trade.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'
import type { Engine } from '../engine/engine.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import { isCovered } from '../execution/protect.ts'
import { tradeLiquidation } from './trade-liquidation.ts'
import { warmingUp } from './warm-up.ts'
import type { WatchedJournal } from './watched-journal.ts'

export interface AccountViewOptions {
  readonly engine: Engine
  readonly account: string
  readonly mode: string
  readonly configHash: string
  /** What our own estimator must have seen before it publishes. */
  readonly burnInDays: number
  readonly now: () => EpochMs
  readonly journal: Pick<WatchedJournal, 'refusal'>
  /** Closed trades of earlier processes, oldest first. */
  readonly earlier: readonly TradeRow[]
}

/** The running bot as people ask about it. */
export interface AccountView extends AccountReader {
  /** A trade was closed. */
  add(trade: Trade): void
}

/** Closed trades kept at hand; the journal has them all. */
export const MAX_TRADES = 1_000

export function createAccountView({
  engine,
  account,
  mode,
  configHash,
  burnInDays,
  now,
  journal,
  earlier,
}: AccountViewOptions): AccountView {
  const trades: TradeRow[] = earlier.slice(-MAX_TRADES)

  return {
    add(trade) {
      trades.push(tradeRow(trade))
      if (trades.length > MAX_TRADES) trades.shift()
    },
    status(): StatusReport {
      const { books, guard, latches, venue } = engine.account
      const orders = [...engine.orders.values()]
      const reconciledAt = engine.reconciledAt()
      const equity = books.equity()
      return {
        account,
        mode,
        source: 'bot',
        as_of: isoTime(now()),
        trading_state:
          latches.state === 'ACTIVE' && (venue !== 'ready' || journal.refusal !== null) ? 'REDUCING' : latches.state,
        venue,
        journal_refuses: journal.refusal,
        reconciled_at: reconciledAt > 0 ? isoTime(epochMs(reconciledAt)) : null,
        equity: equity.toFixed(2),
        wallet: books.wallet.toFixed(),
        day_pnl: (equity - guard.dayStart).toFixed(2),
        open_positions: engine.states.filter(({ trade }) => trade?.position.gt(0)).length,
        open_orders: orders.length,
        unknown_orders: orders.filter(({ state }) => state === 'unknown').length,
        latches: latches.latches.map(latchRow),
        warming_up: warmingUp(engine, burnInDays),
        config_hash: configHash,
      }
    },
    orders() {
      const { orders, elsewhere } = engine.foreign()
      const others = elsewhere.filter(({ kind }) => kind === 'order')
      return [
        ...[...engine.orders.values()].map(orderRow),
        ...orders.map(foreignOrderRow),
        ...others.map(elsewhereOrderRow),
      ]
    },
    positions: () => [
      ...engine.states.flatMap(({ trade, mark }) => (trade?.position.gt(0) ? [positionRow(trade, mark)] : [])),
      ...engine
        .foreign()
        .positions.map((report) => foreignPositionRow(report, engine.states[report.instrument.index]!.mark)),
      ...engine
        .foreign()
        .elsewhere.filter(({ kind }) => kind === 'position')
        .map(elsewherePositionRow),
    ],
    trades({ symbol, since, limit }) {
      const wanted = trades.filter(
        (row) => (symbol === null || row.symbol === symbol) && (since === null || Date.parse(row.exit_time) >= since),
      )
      return wanted.slice(-limit)
    },
  }
}

const orderRow = ({ request, state, filled }: TrackedOrder): OrderRow => ({
  id: request.clientOrderId,
  symbol: request.instrument.symbol,
  side: request.side,
  type: request.type,
  leg: request.leg,
  state,
  quantity: request.quantity.toFixed(),
  filled: filled.toFixed(),
  price: request.price?.toFixed() ?? null,
  trigger_price: request.triggerPrice?.toFixed() ?? null,
  reduce_only: request.reduceOnly,
  foreign: false,
  trade_id: request.tradeId,
})

function positionRow(trade: OpenTrade, mark: number): PositionRow {
  const entry = trade.entryCost.div(trade.entryQuantity)
  const liquidation = tradeLiquidation(trade)
  return {
    trade_id: trade.id,
    symbol: trade.instrument.symbol,
    direction: trade.direction,
    quantity: trade.position.toFixed(),
    entry_price: entry.toDecimalPlaces(8).toFixed(),
    stop_price: trade.stop?.price.toFixed() ?? null,
    target_price: trade.target?.price.toFixed() ?? null,
    liquidation_price:
      liquidation === null
        ? null
        : new Dec(liquidation).toDecimalPlaces(trade.instrument.tickSize.decimalPlaces()).toFixed(),
    unrealised_pnl: resultAt(mark, entry, trade.position, trade.direction),
    protected: isCovered(trade),
    foreign: false,
  }
}

const NOT_OURS = '-'

const foreignOrderRow = (report: OrderReport): OrderRow => ({
  id: report.clientOrderId || NOT_OURS,
  symbol: report.instrument.symbol,
  side: report.side,
  type: report.type,
  leg: NOT_OURS,
  state: 'open',
  quantity: report.quantity.toFixed(),
  filled: report.filled.toFixed(),
  price: report.price?.toFixed() ?? null,
  trigger_price: report.triggerPrice?.toFixed() ?? null,
  reduce_only: report.reduceOnly,
  foreign: true,
  trade_id: null,
})

const foreignPositionRow = (report: PositionReport, mark: number): PositionRow => ({
  trade_id: null,
  symbol: report.instrument.symbol,
  direction: report.direction,
  quantity: report.quantity.toFixed(),
  entry_price: report.entryPrice.toDecimalPlaces(8).toFixed(),
  stop_price: null,
  target_price: null,
  liquidation_price: report.liquidationPrice?.toFixed() ?? null,
  unrealised_pnl: resultAt(mark, report.entryPrice, report.quantity, report.direction),
  protected: false,
  foreign: true,
})

/** In the venue's own words: nothing else is known of the contract. */
const elsewhereOrderRow = ({ symbol, side, quantity, price }: Elsewhere): OrderRow => ({
  id: NOT_OURS,
  symbol,
  side: side ?? NOT_OURS,
  type: 'other',
  leg: NOT_OURS,
  state: 'open',
  quantity,
  filled: NOT_OURS,
  price,
  trigger_price: null,
  reduce_only: false,
  foreign: true,
  trade_id: null,
})

const elsewherePositionRow = ({ symbol, side, quantity, price }: Elsewhere): PositionRow => ({
  trade_id: null,
  symbol,
  direction: side === null ? NOT_OURS : side === 'buy' ? 'LONG' : 'SHORT',
  quantity,
  entry_price: price ?? NOT_OURS,
  stop_price: null,
  target_price: null,
  liquidation_price: null,
  unrealised_pnl: null,
  protected: false,
  foreign: true,
})

/** Of a position at the mark, in quote units; `null` before the first mark. */
const resultAt = (mark: number, entry: Decimal, quantity: Decimal, direction: Direction): string | null =>
  Number.isFinite(mark) ? new Dec(mark).minus(entry).times(quantity).times(sign(direction)).toFixed(2) : null

const tradeRow = (t: Trade): TradeRow => ({
  id: t.id,
  symbol: t.symbol,
  strategy: t.strategy,
  direction: t.direction,
  entry_time: isoTime(t.entryTime),
  entry_price: t.entryPrice.toDecimalPlaces(8).toFixed(),
  quantity: t.quantity.toFixed(),
  exit_time: isoTime(t.exitTime),
  exit_price: t.exitPrice.toDecimalPlaces(8).toFixed(),
  exit_reason: t.exitReason,
  fees: t.fees.toFixed(),
  funding: t.funding.toFixed(),
  pnl: t.pnl.toFixed(),
  r_multiple: Number(t.rMultiple.toFixed(4)),
})
