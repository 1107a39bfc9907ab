import { numberOf, ZERO, type Decimal } from '../domain/decimal.ts'
import { minus, sum } from '../domain/exact.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { Quantity } from '../domain/unit.ts'

/** `armed`: waits for its trigger. `released`: triggered, its market child is under way. */
export type WorkState = 'resting' | 'armed' | 'released' | 'done'

/** An order in the exchange. Prices that the path is compared with are converted once, here. */
export interface WorkingOrder {
  readonly request: OrderRequest
  /** +1 buy, −1 sell. */
  readonly sign: 1 | -1
  /** Price the path must reach: the trigger, or one tick beyond a resting limit. NaN for a market order. */
  level: number
  /** Reached from below (true) or from above. */
  readonly above: boolean
  readonly onMark: boolean
  readonly stop: boolean
  filled: Decimal
  state: WorkState
  /** Price of a released stop inside a bar, before rounding; NaN: whatever the market is then. */
  releasePrice: number
}

export function workingOrder(request: OrderRequest): WorkingOrder {
  const sign = request.side === 'buy' ? 1 : -1
  const { tickSize } = request.instrument
  const limit = request.type === 'limit'
  const stop = request.type === 'stop_market'
  const { price } = request
  const level = limit
    ? sign > 0
      ? price && minus(price, tickSize)
      : price && sum(price, tickSize)
    : request.triggerPrice
  return {
    request,
    sign,
    level: level === undefined ? Number.NaN : numberOf(level),
    above: limit || !stop ? sign < 0 : sign > 0,
    onMark: !limit && request.triggerBy !== 'last',
    stop,
    filled: ZERO,
    state: limit ? 'resting' : 'armed',
    releasePrice: Number.NaN,
  }
}

export const remaining = (order: WorkingOrder): Quantity =>
  order.filled.isZero() ? order.request.quantity : (minus(order.request.quantity, order.filled) as Quantity)
