import { createBoundedMap } from '../domain/bounded-map.ts'
import { sum, ZERO } from '../domain/decimal.ts'
import type { OrderEvent } from '../domain/event.ts'
import { TERMINAL_STATES, type ClientOrderId, type OrderRequest, type OrderState } from '../domain/order.ts'
import type { EpochMs, Quantity } from '../domain/unit.ts'

/** How many finished orders stay known, so that late or repeated events are recognised. */
const MAX_FINISHED = 1_024

/** An order of ours as far as its events have told. */
export interface TrackedOrder {
  readonly request: OrderRequest
  state: OrderState
  filled: Quantity
  readonly submittedAt: EpochMs
  updatedAt: EpochMs
  /** Venue trade ids already counted; a fill is counted once. */
  readonly fills: string[]
}

export type Applied =
  /** `event` is news and the order is in its new state. */
  | { readonly kind: 'applied'; readonly order: TrackedOrder }
  /** A repeat, or older than what is known: nothing to do. */
  | { readonly kind: 'duplicate'; readonly order: TrackedOrder }
  /** Not an order of this process. */
  | { readonly kind: 'foreign' }

const APPLIED: { kind: 'applied'; order: TrackedOrder } = { kind: 'applied', order: undefined as never }
const DUPLICATE: { kind: 'duplicate'; order: TrackedOrder } = { kind: 'duplicate', order: undefined as never }
const FOREIGN: Applied = { kind: 'foreign' }

/** The life cycle of every order this process sent. Results are reused objects: read them before the next call. */
export interface OrderTracker {
  readonly open: ReadonlyMap<ClientOrderId, TrackedOrder>
  submitted(request: OrderRequest, time: EpochMs): void
  apply(event: OrderEvent): Applied
  find(id: ClientOrderId): TrackedOrder | undefined
}

export function createOrderTracker(): OrderTracker {
  const open = new Map<ClientOrderId, TrackedOrder>()
  const finished = createBoundedMap<ClientOrderId, TrackedOrder>(MAX_FINISHED)

  function finish(order: TrackedOrder): void {
    open.delete(order.request.clientOrderId)
    finished.set(order.request.clientOrderId, order)
  }

  function applied(order: TrackedOrder, state: OrderState, time: EpochMs): Applied {
    order.state = state
    order.updatedAt = time
    if (TERMINAL_STATES.has(state)) finish(order)
    APPLIED.order = order
    return APPLIED
  }

  function duplicate(order: TrackedOrder): Applied {
    DUPLICATE.order = order
    return DUPLICATE
  }

  return {
    open,
    find: (id) => open.get(id) ?? finished.get(id),
    submitted(request, time) {
      open.set(request.clientOrderId, {
        request,
        state: 'submitted',
        filled: ZERO as Quantity,
        submittedAt: time,
        updatedAt: time,
        fills: [],
      })
    },
    apply(event) {
      const order = open.get(event.clientOrderId) ?? finished.get(event.clientOrderId)
      if (!order) return FOREIGN
      if (event.kind === 'order_filled') return applyFill(order, event)
      // A terminal state is final, except that a fill may still turn up: trades win over statuses.
      if (TERMINAL_STATES.has(order.state)) return duplicate(order)
      switch (event.kind) {
        case 'order_accepted':
          return order.state === 'submitted' || order.state === 'unknown'
            ? applied(order, 'accepted', event.time)
            : duplicate(order)
        case 'order_triggered':
          return order.state === 'partially_filled' ? duplicate(order) : applied(order, 'triggered', event.time)
        case 'order_rejected':
          return applied(order, 'rejected', event.time)
        case 'order_canceled':
          return applied(order, 'canceled', event.time)
        case 'order_expired':
          return applied(order, 'expired', event.time)
        case 'order_unknown':
          return order.state === 'submitted' ? applied(order, 'unknown', event.time) : duplicate(order)
      }
    },
  }

  function applyFill(order: TrackedOrder, event: OrderEvent & { kind: 'order_filled' }): Applied {
    if (order.fills.includes(event.tradeId)) return duplicate(order)
    order.fills.push(event.tradeId)
    // Counted from the fills alone: the venue's running total is of another moment when news overtake each other.
    order.filled = sum(order.filled, event.quantity) as Quantity
    if (order.filled.gt(order.request.quantity)) {
      throw new Error(
        `order ${event.clientOrderId} filled ${order.filled.toString()} of ${order.request.quantity.toString()}`,
      )
    }
    const done = event.done || order.filled.eq(order.request.quantity)
    const wasTerminal = TERMINAL_STATES.has(order.state)
    return applied(order, done ? 'filled' : wasTerminal ? order.state : 'partially_filled', event.time)
  }
}
