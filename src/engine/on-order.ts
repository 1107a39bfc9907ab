import { clear } from './clear.ts'
import { numberOf } from '../domain/decimal.ts'
import { equals, isPositive, minus, sum } from '../domain/exact.ts'
import type { FundingPaid, OrderEvent, PositionForced } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Trade } from '../domain/trade.ts'
import type { Money, Price, Quantity } from '../domain/unit.ts'
import { closeQuantity, onOrderEvent, progress, type TradeProgress } from '../execution/bracket.ts'
import { reopenTrade, type OpenTrade } from '../execution/open-trade.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import { alert, flush, schedule, stateOf, type EngineCore } from './core.ts'
import { evaluate } from './evaluate.ts'
import { ask } from './fate.ts'
import { guardEquity } from './guard.ts'
import { guardStop } from './guard-stop.ts'
import { breakEvenTrigger } from './manage.ts'
import { noteExit, noteUsedCluster } from './entry-memory.ts'
import type { SymbolState } from './symbol-state.ts'

const HOUR_MS = 3_600_000
const MAX_FORCED_IDS = 64
const MAX_FUNDINGS = 256

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
  state.accountTime = event.time
  if (event.kind === 'order_filled') {
    core.counters.fills++
    account.books.fill(event.instrument, event.side, event.price, event.quantity, event.fee)
  } else if (event.kind === 'order_unknown') {
    if (core.lasting) ask(core, order)
    else core.effects.push({ kind: 'query', clientOrderId: event.clientOrderId, instrument: event.instrument })
  }
  const trade = state.trade?.id === order.request.tradeId ? state.trade : strayTrade(core, state, event, order)
  if (!trade) return
  const opening = event.kind === 'order_filled' && order.request.leg === 'entry'
  const firstFill = opening && trade.entryQuantity.isZero()
  const result = onOrderEvent(trade, event, order, core.instructions)
  flush(core)
  if (opening) onEntryFill(core, state, trade, firstFill)
  settle(core, state, trade, result, event.kind === 'order_filled')
  guardStop(core, state.trade)
}

/** A trade whose position was taken over from the venue. */
export const settleTrade = (core: EngineCore, state: SymbolState, trade: OpenTrade, result: TradeProgress): void =>
  settle(core, state, trade, result, true)

/** News of a trade that is over: an order that rests is withdrawn, a position that opened late gets its trade back. */
function strayTrade(core: EngineCore, state: SymbolState, event: OrderEvent, order: TrackedOrder): OpenTrade | null {
  const { clientOrderId, instrument } = event
  if (event.kind === 'order_accepted') core.effects.push({ kind: 'cancel', clientOrderId, instrument })
  if (event.kind !== 'order_filled') return null
  const { ended } = state
  const { signed } = core.account.books.position(instrument)
  const isEntry = order.request.leg === 'entry' && state.trade === null && ended?.id === order.request.tradeId
  // A closing that was told before the opening it closed leaves nothing to take care of.
  const returns = isEntry && (ended.direction === 'LONG' ? signed.gt(0) : signed.lt(0))
  const then = returns ? 'its position is taken care of again' : 'no trade takes care of it'
  const what = `order ${clientOrderId} of a trade that was over filled ${event.quantity.toString()}`
  alert(core, 'critical', 'LATE_FILL', `${instrument.symbol}: ${what}; ${then}`)
  if (!returns) return null
  state.trade = reopenTrade(ended)
  core.account.openTrades++
  return state.trade
}

function onEntryFill(core: EngineCore, state: SymbolState, trade: OpenTrade, first: boolean): void {
  state.breakEvenAt = breakEvenTrigger(trade, core.config.stop)
  if (!first) return
  noteUsedCluster(state, trade)
  schedule(core, timeStopId(trade), trade.openedAt + core.config.entry.maxHoldingHours * HOUR_MS)
}

export const timeStopId = (trade: OpenTrade): string => `time-stop:${trade.instrument.symbol}`

export function marginOf(trade: OpenTrade): number {
  const { position, entryQuantity, entryCost } = trade
  if (!isPositive(position)) return 0
  const cost = equals(position, entryQuantity) ? entryCost : position.times(entryCost).div(entryQuantity)
  return numberOf(cost) / trade.leverage
}

/** Margin and life of a trade after one of its orders has told something; only a fill changes its position. */
function settle(core: EngineCore, state: SymbolState, trade: OpenTrade, result: TradeProgress, filled: boolean): void {
  const { account } = core
  const index = trade.instrument.index
  if (result === 'open') {
    if (filled) account.margin[index] = marginOf(trade)
    return
  }
  account.margin[index] = 0
  account.openTrades--
  state.trade = null
  state.ended = trade
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
    trade.direction === 'LONG' ? minus(trade.exitCost, trade.entryCost) : minus(trade.entryCost, trade.exitCost)
  const pnl = sum(minus(gross, trade.fees), trade.funding) as Money
  const entryPrice = trade.entryCost.div(trade.entryQuantity) as Price
  const riskPerUnit = Math.abs(numberOf(entryPrice) - numberOf(trade.firstStop))
  return {
    id: trade.reopened === 0 ? trade.id : `${trade.id}-${trade.reopened}`,
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
    rMultiple: numberOf(pnl) / (numberOf(trade.entryQuantity) * riskPerUnit),
    anchor: trade.candidate.anchor,
    reason: trade.candidate.reason,
  }
}

export function handleFunding(core: EngineCore, event: FundingPaid): void {
  if (core.lasting && !remembered(core, fundingKey(event.instrument, event.venueTime))) return
  core.account.books.pay(event.amount)
  const { trade } = stateOf(core, event.instrument)
  if (trade) trade.funding = trade.funding.plus(event.amount)
  guardEquity(core)
}

/** Names a settlement. */
export const fundingKey = (instrument: Instrument, venueTime: number): string =>
  `${instrument.symbol} ${Math.floor(venueTime / 1_000)}`

/** False when it has been booked already. */
function remembered(core: EngineCore, key: string): boolean {
  if (core.fundings.includes(key)) return false
  core.fundings.push(key)
  if (core.fundings.length > MAX_FUNDINGS) core.fundings.shift()
  return true
}

/** The venue closed the position on its own: book it, drop the bracket, say so. */
export function handleForced(core: EngineCore, event: PositionForced): void {
  if (core.forced.includes(event.tradeId)) return
  core.forced.push(event.tradeId)
  if (core.forced.length > MAX_FORCED_IDS) core.forced.shift()
  core.counters.forced++
  core.account.books.fill(event.instrument, event.side, event.price, event.quantity, event.fee)
  const state = stateOf(core, event.instrument)
  state.accountTime = event.time
  const { trade } = state
  const what = `${event.instrument.symbol}: the venue closed ${event.quantity.toString()} at ${event.price.toString()} (${event.cause})`
  alert(core, 'critical', 'POSITION_FORCED', what)
  if (!trade) return
  trade.fees = trade.fees.plus(event.fee)
  trade.exitReason = event.cause
  closeQuantity(trade, event, event.price.times(event.quantity), core.instructions)
  const result = progress(trade, core.instructions)
  flush(core)
  settle(core, state, trade, result, true)
}
