import type { OrderSide } from '../../../../domain/side.ts'

/** A forced order of some other trader: the side of the order, base units, the price it got. */
export interface ForcedOrder {
  readonly time: number
  readonly side: OrderSide
  readonly quantity: number
  readonly price: number
}

/** Forced orders of a market that is read ahead; of several at one time the largest is kept, as exchanges show one a second. */
export interface ForcedQueue {
  add(order: ForcedOrder): void
  /** The latest that is due at `now`, after which earlier ones are forgotten. */
  take(now: number): ForcedOrder | undefined
}

const ORDERS_KEPT = 256

export function createForcedQueue(): ForcedQueue {
  const waiting: ForcedOrder[] = []
  return {
    add(order) {
      const last = waiting.at(-1)
      if (last?.time !== order.time) waiting.push(order)
      else if (order.quantity > last.quantity) waiting[waiting.length - 1] = order
      if (waiting.length > ORDERS_KEPT) waiting.shift()
    },
    take(now) {
      let due: ForcedOrder | undefined
      while (waiting.length > 0 && waiting[0]!.time <= now) due = waiting.shift()
      return due
    },
  }
}
