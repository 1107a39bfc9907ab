import { clear } from './clear.ts'
import type { FundingPaid, OrderEvent, PositionForced } from '../domain/event.ts'
import type { Trade } from '../domain/trade.ts'
import type { Money, Price, Quantity } from '../domain/unit.ts'
import { closeQuantity, onOrderEvent, progress, type TradeProgress } from '../execution/bracket.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import { alert, flush, schedule, stateOf, type EngineCore } from './core.ts'
import { evaluate } from './evaluate.ts'
import { guardEquity } from './guard.ts'
import { breakEvenTrigger } from './manage.ts'
import { noteExit, noteUsedCluster } from './entry-memory.ts'
import type { SymbolState } from './symbol-state.ts'

const HOUR_MS = 3_600_000

/** News about one of our orders: tracker, books, exposure, then the trade it belongs to. */
export function handleOrderEvent(core: EngineCore, event: OrderEvent): void {
  const applied = core.orders.apply(event)
  if (applied.kind === 'foreign') {
    alert(
      core,
      'warning',
      'FOREIGN_ORDER',
      `${event.instrument.symbol}: order ${event.clientOrderId} is not ours; it is left alone`,
    )
    return
  }
  if (applied.kind === 'duplicate') return
  const { order } = applied
  const { account } = core
  account.exposure.apply(event)
  const state = stateOf(core, event.instrument)
  if (event.kind === 'order_filled') {
    core.counters.fills++
    account.books.fill(event.instrument, event.side, event.price, event.quantity, event.fee)
  } else if (event.kind === 'order_unknown') {
    core.effects.push({ kind: 'query', clientOrderId: event.clientOrderId, instrument: event.instrument })
  }
  const { trade } = state
  if (!trade || trade.id !== order.request.tradeId) {
    if (event.kind === 'order_filled') {
      alert(
        core,
        'critical',
        'LATE_FILL',
        `${event.instrument.symbol}: order ${event.clientOrderId} of a trade that was over filled ${event.quantity.toString()}`,
      )
    }
    return
  }
  const opening = event.kind === 'order_filled' && order.request.leg === 'entry'
  const firstFill = opening && trade.entryQuantity.isZero()
  const result = onOrderEvent(trade, event, order, core.instructions)
  flush(core)
  if (opening) onEntryFill(core, state, trade, firstFill)
  settle(core, state, trade, result)
}

function onEntryFill(core: EngineCore, state: SymbolState, trade: OpenTrade, first: boolean): void {
  state.breakEvenAt = breakEvenTrigger(trade, core.config.stop)
  if (!first) return
  noteUsedCluster(state, trade)
  schedule(core, timeStopId(trade), trade.openedAt + core.config.entry.maxHoldingHours * HOUR_MS)
}

const timeStopId = (trade: OpenTrade): string => `time-stop:${trade.instrument.symbol}`

/** Margin and life of a trade after its position may have changed. */
function settle(core: EngineCore, state: SymbolState, trade: OpenTrade, result: TradeProgress): void {
  const { account } = core
  const index = trade.instrument.index
  if (result === 'open') {
    account.margin[index] = trade.position.isZero()
      ? 0
      : trade.position.times(trade.entryCost).div(trade.entryQuantity).toNumber() / trade.leverage
    return
  }
  account.margin[index] = 0
  account.openTrades--
  state.trade = null
  state.breakEvenAt = Number.NaN
  if (result === 'void') return
  const closed = closedTrade(trade)
  noteExit(state, closed, trade.exitDecidedAt)
  core.effects.push({ kind: 'note', time: core.now, note: { kind: 'trade', trade: closed } })
  guardEquity(core)
  if (closed.exitReason === 'anchor_broken' && state.broken.length > 0) evaluate(core, state, 'bar')
  clear(state.broken)
}

function closedTrade(trade: OpenTrade): Trade {
  const gross =
    trade.direction === 'LONG' ? trade.exitCost.minus(trade.entryCost) : trade.entryCost.minus(trade.exitCost)
  const pnl = gross.minus(trade.fees).plus(trade.funding) as Money
  const entryPrice = trade.entryCost.div(trade.entryQuantity) as Price
  const riskPerUnit = Math.abs(entryPrice.toNumber() - trade.firstStop.toNumber())
  return {
    id: trade.id,
    symbol: trade.instrument.symbol,
    strategy: trade.candidate.strategy,
    direction: trade.direction,
    entryTime: trade.openedAt,
    entryPrice,
    quantity: trade.entryQuantity as Quantity,
    stopPrice: trade.firstStop,
    targetPrice: trade.firstTarget,
    exitTime: trade.exitTime,
    exitPrice: trade.exitCost.div(trade.exitQuantity) as Price,
    exitReason: trade.exitReason ?? 'forced',
    fees: trade.fees as Money,
    funding: trade.funding as Money,
    pnl,
    rMultiple: pnl.toNumber() / (trade.entryQuantity.toNumber() * riskPerUnit),
    anchor: trade.candidate.anchor,
    reason: trade.candidate.reason,
  }
}

export function handleFunding(core: EngineCore, event: FundingPaid): void {
  core.account.books.pay(event.amount)
  const { trade } = stateOf(core, event.instrument)
  if (trade) trade.funding = trade.funding.plus(event.amount)
  guardEquity(core)
}

/** The venue closed the position on its own: book it, drop the bracket, say so. */
export function handleForced(core: EngineCore, event: PositionForced): void {
  core.counters.forced++
  core.account.books.fill(event.instrument, event.side, event.price, event.quantity, event.fee)
  const state = stateOf(core, event.instrument)
  const { trade } = state
  const what = `${event.instrument.symbol}: the venue closed ${event.quantity.toString()} at ${event.price.toString()} (${event.cause})`
  alert(core, 'critical', 'POSITION_FORCED', what)
  if (!trade) return
  trade.fees = trade.fees.plus(event.fee)
  trade.exitReason = event.cause
  closeQuantity(trade, event, event.price.times(event.quantity), core.instructions)
  const result = progress(trade, core.instructions)
  flush(core)
  settle(core, state, trade, result)
}
