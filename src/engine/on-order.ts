import type { Decimal } from '../domain/decimal.ts'
import type { FundingPaid, OrderEvent, OrderSeen } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import { isTerminal } from '../domain/order.ts'
import { SECOND_MS } from '../domain/time.ts'
import { epochMs } from '../domain/unit.ts'
import { onOrderEvent } from '../execution/bracket.ts'
import { reopenTrade, type OpenTrade } from '../execution/open-trade.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import { wasNotPlaced } from '../execution/put-off.ts'
import { align } from './align.ts'
import { alert, flush, requestSnapshot, stateOf, type EngineCore } from './core.ts'
import { onEntryFill } from './entry-fill.ts'
import { ask } from './fate.ts'
import { guardEquity } from './guard.ts'
import { askAboutExit, guardStop } from './guard-stop.ts'
import { concluded, type OrderNews } from './order-news.ts'
import { reserveRest } from './reserve-rest.ts'
import { settle } from './settle.ts'
import type { SymbolState } from './symbol-state.ts'
import { watchResting } from './watch-resting.ts'

const MAX_FUNDINGS = 256

/** News after which the position may have changed without a word about it yet. */
const isMove = (kind: OrderEvent['kind']): boolean =>
  kind === 'order_accepted' || kind === 'order_filled' || kind === 'order_triggered'

/** An order has ended, and not by being filled. Binance calls one expired that has nothing left to reduce. */
const isEnd = (kind: OrderEvent['kind']): boolean =>
  kind === 'order_rejected' || kind === 'order_canceled' || kind === 'order_expired'

/** News about one of our orders: tracker, books, exposure, then the trade it belongs to. */
export function handleOrderEvent(core: EngineCore, event: OrderNews): void {
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
  // A trace of it is no absence.
  if (event.kind !== 'order_unknown') applied.order.absences = 0
  if (applied.kind === 'duplicate') return
  const { order, revived } = applied
  const { account } = core
  account.exposure.apply(event)
  const state = stateOf(core, event.instrument)
  if (isMove(event.kind)) state.accountTime = event.time
  const before = account.books.position(event.instrument)
  const isHeld = event.kind === 'order_filled' && isTakenOver(state, event, order)
  if (event.kind === 'order_filled') {
    core.counters.fills++
    if (!isHeld) account.books.fill(event.instrument, event.side, event.price, event.quantity, event.fee)
  } else if (event.kind === 'order_unknown') {
    if (core.lasting) ask(core, order)
    else core.effects.push({ kind: 'query', clientOrderId: event.clientOrderId, instrument: event.instrument })
  }
  const isCurrent = state.trade?.id === order.request.tradeId
  if (revived || (!isCurrent && event.kind === 'order_accepted')) withdrawStray(core, event, order, isCurrent)
  if (isHeld && !isCurrent) return
  const trade = isCurrent ? state.trade : strayTrade(core, state, event, order, before.signed)
  if (!trade) {
    if (core.lasting && event.kind === 'order_filled') align(core, state, before.signed.times(before.entryPrice))
    return
  }
  const opening = event.kind === 'order_filled' && order.request.leg === 'entry'
  const firstFill = opening && trade.entryQuantity.isZero()
  const result = onOrderEvent(trade, event, order, core.instructions, isHeld)
  flush(core)
  if (opening) onEntryFill(core, state, trade, firstFill)
  settle(core, state, trade, result, event.kind === 'order_filled')
  if (order.request.leg === 'stop' && isTerminal(order.state) && state.trade) askAboutExit(core, state.trade)
  guardStop(core, state.trade)
  // An entry that ended early may have filled before, and the news of it be lost: nothing would protect the position.
  if (isCutShort(core, event, order)) core.cutShort.add(order)
  watchResting(core, state)
  // Why would a needed leg be refused or go? Perhaps the position is not what the books say. One that nobody has looked
  // at tells nothing of it, and the venue may be asked too much already.
  const ended = isEnd(event.kind) && !wasNotPlaced(event)
  if (ended && order.request.reduceOnly && state.trade?.position.gt(0)) requestSnapshot(core)
}

/**
 * A fill that is told after the venue's position was taken over with it. The time of its order is the bot's own: what was
 * sent because of the new position is not counted in it, however far ahead of the venue's clock the bot's is.
 */
const isTakenOver = ({ guessedAt }: SymbolState, { venueTime }: OrderEvent, { submittedAt }: TrackedOrder): boolean =>
  venueTime <= guessedAt && submittedAt <= guessedAt

const isCutShort = (core: EngineCore, { kind }: OrderEvent, { request, state, filled }: TrackedOrder): boolean =>
  core.lasting &&
  request.leg === 'entry' &&
  kind !== 'order_rejected' &&
  isTerminal(state) &&
  filled.lt(request.quantity)

/** The order rests as it is known: nothing has happened to it. */
export function handleSeen(core: EngineCore, event: OrderSeen): void {
  const order = core.orders.open.get(event.clientOrderId)
  if (!order) return
  if (order.state === 'submitted' || order.state === 'unknown') {
    handleOrderEvent(core, concluded(core, order, 'accepted', 'the venue shows it', event))
  }
  order.seenAt = epochMs(Math.max(order.seenAt, event.askedAt))
  order.absences = 0
}

/**
 * An order that no trade needs any more rests: an entry that was taken for never accepted, say. Until it is gone it may
 * fill, and its exposure counts again.
 */
function withdrawStray(core: EngineCore, event: OrderEvent, order: TrackedOrder, isCurrent: boolean): void {
  const { clientOrderId, instrument, leg } = order.request
  reserveRest(core.account.exposure, order)
  // The trade itself withdraws a leg that it has given up once it is accepted, and an exit it still has a use for.
  if (isCurrent && (leg === 'exit' || (leg !== 'entry' && event.kind === 'order_accepted'))) return
  // As any cancel it is said again until the order is known to be gone.
  core.instructions.push({ kind: 'cancel', id: clientOrderId, instrument })
  flush(core)
}

/** News of a trade that is over: a position that opened late gets its trade back. */
function strayTrade(
  core: EngineCore,
  state: SymbolState,
  event: OrderEvent,
  order: TrackedOrder,
  heldBefore: Decimal,
): OpenTrade | null {
  const { clientOrderId, instrument } = event
  if (event.kind !== 'order_filled') return null
  const { ended } = state
  const { signed } = core.account.books.position(instrument)
  const isEntry = order.request.leg === 'entry' && state.trade === null && ended?.id === order.request.tradeId
  // A closing that was told before the opening it closed leaves nothing to take care of.
  // Where the books held something already, the fill is not all there is: `align` looks at the whole.
  const alone = !core.lasting || heldBefore.isZero()
  const returns = isEntry && alone && (ended.direction === 'LONG' ? signed.gt(0) : signed.lt(0))
  const then = returns ? 'its position is taken care of again' : 'no trade takes care of it'
  const what = `order ${clientOrderId} of a trade that was over filled ${event.quantity.toString()}`
  alert(core, 'critical', 'LATE_FILL', `${instrument.symbol}: ${what}; ${then}`)
  if (!returns) return null
  state.trade = reopenTrade(ended)
  core.account.openTrades++
  return state.trade
}

export function handleFunding(core: EngineCore, event: FundingPaid): void {
  if (core.lasting && !remembered(core, event)) return
  core.account.books.pay(event.amount)
  const { trade } = stateOf(core, event.instrument)
  // Told late, it may be what the position of an earlier trade has paid.
  if (trade && event.venueTime >= trade.submittedAt) trade.funding = trade.funding.plus(event.amount)
  guardEquity(core)
}

/** Names a settlement. */
export const fundingKey = (instrument: Instrument, venueTime: number): string =>
  `${instrument.symbol} ${Math.floor(venueTime / 1_000)}`

/** False when it has been booked already. */
function remembered(core: EngineCore, { instrument, venueTime }: FundingPaid): boolean {
  const key = fundingKey(instrument, venueTime)
  if (core.fundings.includes(key)) return false
  core.fundings.push(key)
  if (core.fundings.length > MAX_FUNDINGS) {
    // What is forgotten must not be taken for new when the venue's history tells it again.
    const oldest = core.fundings.shift()!
    core.booksFrom = epochMs(
      Math.max(core.booksFrom, (Number(oldest.slice(oldest.indexOf(' ') + 1)) + 1) * SECOND_MS - 1),
    )
  }
  return true
}
