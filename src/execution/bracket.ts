import type { OrderEvent, OrderFilled } from '../domain/event.ts'
import { TERMINAL_STATES } from '../domain/order.ts'
import type { ExitReason } from '../domain/trade.ts'
import { exitAtMarket } from './exit.ts'
import type { Instruction } from './instruction.ts'
import type { OpenTrade } from './open-trade.ts'
import type { TrackedOrder } from './order-tracker.ts'
import { cancelLegs, protect, retire } from './protect.ts'

/** What an order event did to its trade. */
export type TradeProgress =
  /** Still in flight or open. */
  | 'open'
  /** The entry ended without a single fill: there was no trade. */
  | 'void'
  /** The position is flat after having been open. */
  | 'closed'

/** Lets a trade react to news about one of its orders. The order tracker has already accepted the event as news. */
export function onOrderEvent(trade: OpenTrade, event: OrderEvent, order: TrackedOrder, out: Instruction[]): TradeProgress {
  if (event.kind === 'order_filled') applyFill(trade, event, order, out)
  else if (event.kind === 'order_accepted') onAccepted(trade, order, out)
  if (TERMINAL_STATES.has(order.state)) onTerminal(trade, event, order, out)
  return progress(trade, out)
}

/** Settles what a change of quantity or order means for the trade as a whole. */
export function progress(trade: OpenTrade, out: Instruction[]): TradeProgress {
  if (!trade.position.isZero()) {
    protect(trade, out)
    return 'open'
  }
  if (!trade.entryDone) return 'open'
  cancelLegs(trade, out)
  return trade.entryQuantity.isZero() ? 'void' : 'closed'
}

function applyFill(trade: OpenTrade, event: OrderFilled, order: TrackedOrder, out: Instruction[]): void {
  const { leg } = order.request
  const cost = event.price.times(event.quantity)
  trade.fees = trade.fees.plus(event.fee)
  if (leg === 'entry') {
    if (trade.entryQuantity.isZero()) trade.openedAt = event.time
    trade.entryQuantity = trade.entryQuantity.plus(event.quantity)
    trade.entryCost = trade.entryCost.plus(cost)
    trade.position = trade.position.plus(event.quantity)
    // A fill that turns up after the exit was sent leaves a rest: the exit is sent again once this one is done.
    return
  }
  closeQuantity(trade, event, cost)
  trade.exitReason = leg === 'stop' ? (trade.breakEven ? 'break_even_stop' : 'stop') : leg === 'target' ? 'target' : trade.exitReason
  // What is left of a resting leg after a partial fill is its new quantity.
  const resting = trade.stop?.id === event.clientOrderId ? trade.stop : trade.target?.id === event.clientOrderId ? trade.target : null
  if (resting) resting.quantity = order.request.quantity.minus(order.filled) as typeof resting.quantity
  if (!trade.entryDone) out.push({ kind: 'cancel', id: trade.entryId, instrument: trade.instrument })
}

/** Books a closing fill (ours or the venue's own). */
export function closeQuantity(
  trade: OpenTrade,
  event: { readonly quantity: OrderFilled['quantity']; readonly time: OrderFilled['time'] },
  cost: OpenTrade['exitCost'],
): void {
  trade.exitQuantity = trade.exitQuantity.plus(event.quantity)
  trade.exitCost = trade.exitCost.plus(cost)
  trade.exitTime = event.time
  trade.position = trade.position.minus(event.quantity)
  if (trade.position.isNegative()) throw new Error(`trade ${trade.id} closed more than it held`)
}

function onAccepted(trade: OpenTrade, order: TrackedOrder, out: Instruction[]): void {
  const id = order.request.clientOrderId
  const resting = trade.stop?.id === id ? trade.stop : trade.target?.id === id ? trade.target : null
  if (!resting) return
  resting.accepted = true
  retire(trade, resting, out)
}

function onTerminal(trade: OpenTrade, event: OrderEvent, order: TrackedOrder, out: Instruction[]): void {
  const { clientOrderId: id, leg } = order.request
  const retiring = trade.retiring.findIndex((old) => old.id === id)
  if (retiring >= 0) trade.retiring.splice(retiring, 1)
  if (leg === 'entry') {
    trade.entryDone = true
    return
  }
  const stillOpen = !trade.position.isZero()
  if (trade.stop?.id === id) {
    trade.stop = null
    if (stillOpen && event.kind === 'order_rejected') {
      out.push({
        kind: 'alert',
        level: 'critical',
        code: 'STOP_REJECTED',
        message: `${trade.instrument.symbol}: the stop of trade ${trade.id} was rejected (${event.message}); closing the position at market`,
      })
      // Without a stop nothing else may keep the position.
      trade.stopRefused = true
      exitAtMarket(trade, 'unprotected', out)
    }
  } else if (trade.target?.id === id) {
    trade.target = null
    if (stillOpen && event.kind === 'order_rejected') {
      out.push({
        kind: 'alert',
        level: 'warning',
        code: 'TARGET_REJECTED',
        message: `${trade.instrument.symbol}: the target of trade ${trade.id} was rejected (${event.message}); closing the position at market`,
      })
      exitAtMarket(trade, 'unprotected', out)
    }
  } else if (trade.exitId === id) {
    const reason: ExitReason = trade.exitReason ?? 'forced'
    trade.exitId = null
    if (stillOpen) exitAtMarket(trade, reason, out)
  }
}
