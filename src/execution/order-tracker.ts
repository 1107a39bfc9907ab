import { ZERO } from '../domain/decimal.ts'
import { compare, equals, sum } from '../domain/exact.ts'
import type { OrderEvent } from '../domain/event.ts'
import { isTerminal, type ClientOrderId, type OrderRequest, type OrderState } from '../domain/order.ts'
import { createRecentList } from '../domain/recent-list.ts'
import { epochMs, type EpochMs, type Quantity } from '../domain/unit.ts'

/** How many finished orders stay known, so that late or repeated events are recognised. */
const MAX_FINISHED = 1_024
/** Where news are neither late nor repeated by more than those of a few orders at once. */
export const FEW_FINISHED = 64
/** Of those, so many are handed to the next process. */
const MAX_HANDED_ON = 64
const NEVER = epochMs(Number.NEGATIVE_INFINITY)

/** An order of ours as far as its events have told. */
export interface TrackedOrder {
  readonly request: OrderRequest
  state: OrderState
  filled: Quantity
  readonly submittedAt: EpochMs
  updatedAt: EpochMs
  /** Venue trade ids already counted; a fill is counted once. */
  readonly fills: string[]
  /** Times it has been asked about while its fate was unknown. */
  asks: number
  /** Complete looks in a row that found no trace of it, and when the last of them began. */
  absences: number
  lastAbsence: EpochMs
  /** The venue has told, of this time or later, that it stands as it is known; and when it was last asked. */
  seenAt: EpochMs
  checkedAt: EpochMs
  /** Its cancel was asked for and nothing has come of that yet. */
  cancelAsked: boolean
}

export type Applied =
  /** `event` is news and the order is in its new state. `revived`: it was taken for never accepted, and works. */
  | { readonly kind: 'applied'; readonly order: TrackedOrder; readonly revived: boolean }
  /** A repeat, or older than what is known: nothing to do. */
  | { readonly kind: 'duplicate'; readonly order: TrackedOrder }
  /** Not an order of this process. */
  | { readonly kind: 'foreign' }

const APPLIED: { kind: 'applied'; order: TrackedOrder; revived: boolean } = {
  kind: 'applied',
  order: undefined as never,
  revived: false,
}
const DUPLICATE: { kind: 'duplicate'; order: TrackedOrder } = { kind: 'duplicate', order: undefined as never }
const FOREIGN: Applied = { kind: 'foreign' }

/** The life cycle of every order this process sent. Results are reused objects: read them before the next call. */
export interface OrderTracker {
  readonly open: ReadonlyMap<ClientOrderId, TrackedOrder>
  submitted(request: OrderRequest, time: EpochMs): void
  apply(event: OrderEvent): Applied
  find(id: ClientOrderId): TrackedOrder | undefined
  /** Takes over an order of an earlier process. */
  restore(order: TrackedOrder): void
  /** The latest orders that have ended, oldest first. */
  ended(): readonly TrackedOrder[]
  /** Rises whenever what `ended` returns has changed. */
  readonly endings: number
}

export const trackedOrder = (request: OrderRequest, time: EpochMs): TrackedOrder => ({
  request,
  state: 'submitted',
  filled: ZERO as Quantity,
  submittedAt: time,
  updatedAt: time,
  fills: [],
  asks: 0,
  absences: 0,
  lastAbsence: NEVER,
  seenAt: NEVER,
  checkedAt: NEVER,
  cancelAsked: false,
})

/** @param kept finished orders that stay known */
export function createOrderTracker(kept = MAX_FINISHED): OrderTracker {
  const open = new Map<ClientOrderId, TrackedOrder>()
  const finished = createRecentList<ClientOrderId, TrackedOrder>(kept)
  /** Open orders that had ended before. */
  const reopened = new Set<ClientOrderId>()
  let endings = 0

  /** Whoever wanted it gone has to ask anew. */
  function reopen(order: TrackedOrder): void {
    open.set(order.request.clientOrderId, order)
    reopened.add(order.request.clientOrderId)
    order.cancelAsked = false
    endings += 1
  }

  /** An order that had ended before is among the finished already, unless that was too long ago. */
  function finish(order: TrackedOrder): void {
    const id = order.request.clientOrderId
    endings += 1
    if (!open.delete(id)) return
    if (reopened.size > 0 && reopened.delete(id) && finished.find(id) === order) return
    finished.add(id, order)
  }

  function applied(order: TrackedOrder, state: OrderState, event: OrderEvent): Applied {
    APPLIED.revived = order.state === 'rejected' && !isTerminal(state)
    if (APPLIED.revived) reopen(order)
    order.state = state
    order.updatedAt = event.time
    // News can be late: what they tell was so when it happened.
    order.seenAt = epochMs(Math.max(order.seenAt, Math.min(event.time, event.venueTime)))
    if (isTerminal(state)) finish(order)
    APPLIED.order = order
    return APPLIED
  }

  function duplicate(order: TrackedOrder): Applied {
    DUPLICATE.order = order
    return DUPLICATE
  }

  return {
    open,
    find: (id) => open.get(id) ?? finished.find(id),
    submitted(request, time) {
      open.set(request.clientOrderId, trackedOrder(request, time))
    },
    restore(order) {
      if (!isTerminal(order.state)) return void open.set(order.request.clientOrderId, order)
      finished.add(order.request.clientOrderId, order)
      endings += 1
    },
    ended: () => finished.latest(MAX_HANDED_ON),
    get endings() {
      return endings
    },
    apply(event) {
      const order = open.get(event.clientOrderId) ?? finished.find(event.clientOrderId)
      if (!order) return FOREIGN
      if (event.kind === 'order_filled') return applyFill(order, event)
      // A terminal state is final, except that a fill may still turn up (trades win over statuses), and that an order
      // taken for never accepted may live after all.
      if (order.state === 'rejected' && event.kind === 'order_accepted') return applied(order, 'accepted', event)
      if (isTerminal(order.state)) return duplicate(order)
      switch (event.kind) {
        case 'order_accepted':
          return order.state === 'submitted' || order.state === 'unknown'
            ? applied(order, 'accepted', event)
            : duplicate(order)
        case 'order_triggered':
          return order.state === 'partially_filled' ? duplicate(order) : applied(order, 'triggered', event)
        case 'order_rejected':
          return applied(order, 'rejected', event)
        case 'order_canceled':
          return applied(order, 'canceled', event)
        case 'order_expired':
          return applied(order, 'expired', event)
        case 'order_unknown':
          return order.state === 'submitted' ? applied(order, 'unknown', event) : duplicate(order)
      }
    },
  }

  function applyFill(order: TrackedOrder, event: OrderEvent & { kind: 'order_filled' }): Applied {
    if (order.fills.includes(event.tradeId)) return duplicate(order)
    order.fills.push(event.tradeId)
    // Counted from the fills alone: the venue's running total is of another moment when news overtake each other.
    order.filled = sum(order.filled, event.quantity) as Quantity
    if (compare(order.filled, order.request.quantity) > 0) {
      throw new Error(
        `order ${event.clientOrderId} filled ${order.filled.toString()} of ${order.request.quantity.toString()}`,
      )
    }
    const done = event.done || equals(order.filled, order.request.quantity)
    // The rest of one that was taken for never accepted may fill too, unlike that of one which the venue has told to be over.
    const isOver = isTerminal(order.state) && order.state !== 'rejected'
    const result = applied(order, done ? 'filled' : isOver ? order.state : 'partially_filled', event)
    // The venue has told of more than was heard: it is to be asked soon.
    if (compare(event.cumulative, order.filled) > 0) order.seenAt = NEVER
    return result
  }
}
