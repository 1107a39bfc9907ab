import { ZERO, type Decimal } from '../domain/decimal.ts'
import { compare, minus, sum } from '../domain/exact.ts'
import type { ClientOrderId, OrderState } from '../domain/order.ts'
import type { OpenTrade } from './open-trade.ts'
import type { TrackedOrder } from './order-tracker.ts'

/** The venue has told that it exists, and not that it ended. */
export const RESTING_STATES: ReadonlySet<OrderState> = new Set(['accepted', 'partially_filled', 'triggered'])

/** Whether stops that are known to rest, and are to stay, would close the whole position. */
export function isCovered(orders: ReadonlyMap<ClientOrderId, TrackedOrder>, trade: OpenTrade): boolean {
  let stopped: Decimal = ZERO
  for (const { request, state, filled, cancelAsked } of orders.values())
    if (request.leg === 'stop' && request.tradeId === trade.id && RESTING_STATES.has(state) && !cancelAsked)
      stopped = sum(stopped, minus(request.quantity, filled))
  return compare(stopped, trade.position) >= 0
}
