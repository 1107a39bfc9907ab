import { isPositive, minus, sum, times } from '../domain/exact.ts'
import type { OrderEvent, OrderFilled } from '../domain/event.ts'
import { NEVER_ACCEPTED, NOTHING_TO_REDUCE, isTerminal } from '../domain/order.ts'
import { removeAt } from '../domain/short-list.ts'
import { exitAtMarket } from './exit.ts'
import type { Instruction } from './instruction.ts'
import type { OpenTrade } from './open-trade.ts'
import type { TrackedOrder } from './order-tracker.ts'
import { isOnGrid } from './regrid.ts'
import { cancelLegs, isCovered, protect, retire } from './protect.ts'
import { putOff, wasNotPlaced } from './put-off.ts'

/** What an order event did to its trade. */
export type TradeProgress =
  /** Still in flight or open. */
  | 'open'
  /** The entry ended without a single fill: there was no trade. */
  | 'void'
  /** The position is flat after having been open. */
  | 'closed'

/** A venue that loses legs more often than this will not keep the next one either. */
const MAX_LOST_LEGS = 5
const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 30_000
/** Where no stop rests for the whole position. */
const MAX_NAKED_RETRY_MS = 2_000
/** Any of these proves that the order rests or rested: the acknowledgement may be lost or late. */
const isAlive = (kind: OrderEvent['kind']): boolean =>
  kind === 'order_accepted' || kind === 'order_filled' || kind === 'order_triggered'

/**
 * Lets a trade react to news about one of its orders. The order tracker has already accepted the event as news.
 * @param isHeld the position holds what it filled already
 */
export function onOrderEvent(
  trade: OpenTrade,
  event: OrderEvent,
  order: TrackedOrder,
  out: Instruction[],
  isHeld = false,
): TradeProgress {
  if (event.kind === 'order_filled') {
    if (!isHeld) applyFill(trade, event, order, out)
    // What is left of a resting leg after a partial fill is its new quantity.
    const { clientOrderId: id } = event
    const resting = trade.stop?.id === id ? trade.stop : trade.target?.id === id ? trade.target : null
    if (resting) resting.quantity = minus(order.request.quantity, order.filled) as typeof resting.quantity
  }
  if (isAlive(event.kind)) onAlive(trade, event, order, out)
  if (isTerminal(order.state)) onTerminal(trade, event, order, out)
  return progress(trade, out)
}

/** Settles what a change of quantity or order means for the trade as a whole. */
export function progress(trade: OpenTrade, out: Instruction[]): TradeProgress {
  if (!trade.position.isZero()) {
    protect(trade, out)
    return 'open'
  }
  // A working entry may fill yet. An entry that was withdrawn says so itself.
  if (!trade.entryDone) return 'open'
  cancelLegs(trade, out)
  return trade.entryQuantity.isZero() ? 'void' : 'closed'
}

function applyFill(trade: OpenTrade, event: OrderFilled, order: TrackedOrder, out: Instruction[]): void {
  const { leg } = order.request
  const cost = times(event.price, event.quantity)
  trade.fees = sum(trade.fees, event.fee)
  if (leg === 'entry') {
    if (trade.entryQuantity.isZero()) trade.openedAt = event.time
    trade.entryQuantity = sum(trade.entryQuantity, event.quantity)
    trade.entryCost = sum(trade.entryCost, cost)
    trade.position = sum(trade.position, event.quantity)
    // The position was being left, or has been left, when this fill came: it is left as well. Does nothing while an exit
    // is on its way: that one leaves a rest, and the exit is sent again once it is done.
    if (trade.exitReason !== null && trade.exitReason !== 'target') exitAtMarket(trade, trade.exitReason, out)
    return
  }
  closeQuantity(trade, event, cost, out)
  trade.exitReason =
    leg === 'stop' ? (trade.breakEven ? 'break_even_stop' : 'stop') : leg === 'target' ? 'target' : trade.exitReason
}

/** Books a closing fill (ours or the venue's own), and withdraws an entry that still works. */
export function closeQuantity(
  trade: OpenTrade,
  event: { readonly quantity: OrderFilled['quantity']; readonly time: OrderFilled['time'] },
  cost: OpenTrade['exitCost'],
  out: Instruction[],
): void {
  trade.exitQuantity = sum(trade.exitQuantity, event.quantity)
  trade.exitCost = sum(trade.exitCost, cost)
  trade.exitTime = event.time
  trade.position = minus(trade.position, event.quantity)
  if (trade.position.isNegative() && !trade.position.isZero()) {
    const message = `${trade.instrument.symbol}: trade ${trade.id} closed more than it is known to have opened; waiting for the missing fill`
    out.push({ kind: 'alert', level: 'critical', code: 'POSITION_MISMATCH', message })
  }
  if (!trade.entryDone) out.push({ kind: 'cancel', id: trade.entryId, instrument: trade.instrument })
}

function onAlive(trade: OpenTrade, event: OrderEvent, order: TrackedOrder, out: Instruction[]): void {
  const { clientOrderId: id, leg } = order.request
  const resting = trade.stop?.id === id ? trade.stop : trade.target?.id === id ? trade.target : null
  if (resting) {
    if (resting.accepted) return
    resting.accepted = true
    if (resting === trade.stop) {
      trade.unconfirmedStops = 0
      trade.nakedSince = null
      trade.putOff.stop.times = 0
    } else trade.putOff.target.times = 0
    retire(trade, resting, out)
    return
  }
  const retiring = trade.retiring.find((old) => old.id === id)
  if (retiring) {
    retiring.accepted = true
    if (leg === 'stop') trade.nakedSince = null
  }
  // A leg that was given up turns up after all: it is one too many.
  else if ((leg === 'stop' || leg === 'target') && event.kind === 'order_accepted')
    out.push({ kind: 'cancel', id, instrument: trade.instrument })
}

function onTerminal(trade: OpenTrade, event: OrderEvent, order: TrackedOrder, out: Instruction[]): void {
  const { clientOrderId: id, leg } = order.request
  const retiring = trade.retiring.findIndex((old) => old.id === id)
  if (retiring >= 0) removeAt(trade.retiring, retiring)
  if (leg === 'entry') {
    trade.entryDone = true
    return
  }
  const needed = isPositive(trade.position)
  if (trade.stop?.id === id) {
    trade.stop = null
    if (!needed) return
    if (order.state === 'filled') {
      // It was smaller than the position has become: the stop was hit for all of it.
      exitAtMarket(trade, trade.exitReason ?? 'stop', out)
      return
    }
    if (wasNotPlaced(event)) return putOff(trade, 'stop', event, order, out)
    const why = lossOf(trade, event, order)
    if (why === undefined) return
    // Without a stop nothing else may keep the position.
    trade.stopRefused = true
    const what = `the stop of trade ${trade.id} ${why}`
    if (event.kind === 'order_rejected' && trade.lostLegs > 0) leaveSoon(trade, levelOf(event), what, out)
    else leave(trade, 'critical', 'STOP_REJECTED', what, out)
  } else if (trade.target?.id === id) {
    trade.target = null
    if (!needed || order.state === 'filled') return
    if (wasNotPlaced(event)) return putOff(trade, 'target', event, order, out)
    const why = lossOf(trade, event, order)
    if (why !== undefined) leave(trade, 'warning', 'TARGET_REJECTED', `the target of trade ${trade.id} ${why}`, out)
  } else if (trade.exitId === id) {
    trade.exitId = null
    if (needed) exitAgain(trade, event, order, out)
  }
}

/** Why a stop or target that is gone is not to be placed again; `undefined` when it is. */
function lossOf(trade: OpenTrade, event: OrderEvent, { request }: TrackedOrder): string | undefined {
  // Lost on its way is not refused: the next one may arrive. Neither is one whose steps the venue has changed meanwhile.
  const refused = event.kind === 'order_rejected' && event.code !== NEVER_ACCEPTED
  if (refused && isOnGrid(request)) return `was rejected (${event.message})`
  trade.lostLegs += 1
  return trade.lostLegs > MAX_LOST_LEGS ? `was lost at the venue, the ${trade.lostLegs}th leg it lost` : undefined
}

type Level = 'warning' | 'critical'

/** Where the venue knows of no position, there is likely none to lose: the look at the account will tell. */
const levelOf = (event: OrderEvent): Level =>
  event.kind === 'order_rejected' && NOTHING_TO_REDUCE.has(event.code) ? 'warning' : 'critical'

function leave(trade: OpenTrade, level: Level, code: string, what: string, out: Instruction[]): void {
  out.push({
    kind: 'alert',
    level,
    code,
    message: `${trade.instrument.symbol}: ${what}; closing the position at market`,
  })
  exitAtMarket(trade, 'unprotected', out)
}

/** The stop before it had gone as well: perhaps the position has. The account, which is being looked at, may say so first. */
function leaveSoon(trade: OpenTrade, level: Level, what: string, out: Instruction[]): void {
  const message = `${trade.instrument.symbol}: ${what}; unless the position is gone, it is closed at market in ${FIRST_RETRY_MS} ms`
  out.push({ kind: 'alert', level, code: 'STOP_REJECTED', message })
  if (trade.exitId !== null) return
  trade.exitReason = 'unprotected'
  trade.exitFailures += 1
  out.push({ kind: 'retry_exit', instrument: trade.instrument, afterMs: FIRST_RETRY_MS })
}

/** An exit left a rest: on with it, at once where something was filled, else after a pause that doubles each time. */
function exitAgain(trade: OpenTrade, event: OrderEvent, order: TrackedOrder, out: Instruction[]): void {
  if (!order.filled.isZero()) {
    trade.exitFailures = 0
    exitAtMarket(trade, trade.exitReason ?? 'forced', out)
    return
  }
  const most = isCovered(trade) ? MAX_RETRY_MS : MAX_NAKED_RETRY_MS
  const afterMs = Math.min(most, FIRST_RETRY_MS * 2 ** trade.exitFailures)
  trade.exitFailures += 1
  const why = event.kind === 'order_rejected' ? event.message : event.kind
  out.push({
    kind: 'alert',
    level: levelOf(event),
    code: 'EXIT_FAILED',
    message: `${trade.instrument.symbol}: the market exit of trade ${trade.id} ended without a fill (${why}); again in ${afterMs} ms`,
  })
  out.push({ kind: 'retry_exit', instrument: trade.instrument, afterMs })
}
