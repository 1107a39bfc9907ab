import { Dec, ZERO, type Decimal } from '../domain/decimal.ts'
import { equals, magnitude, minus, negative, quotient, sum, times, whole } from '../domain/exact.ts'
import type { Price, Quantity } from '../domain/unit.ts'
import { cents } from './rounding.ts'

/**
 * A position on a cost basis: the quote currency paid for what is held, so that the results of all partial exits add
 * up to proceeds minus cost without a rounding remainder.
 */
export interface Position {
  /** Base units, positive = long. */
  signed: Decimal
  /** Entry notional of what is held; never negative. */
  cost: Decimal
  /** Funding received (paid: negative) while held; part of an isolated position's margin. */
  funding: Decimal
  /** What the last isolated margin was reckoned from, and that margin: it is asked for far more often than it changes. */
  readonly reckoned: { cost: Decimal; leverage: number; initial: Decimal }
}

export const flatPosition = (): Position => ({
  signed: ZERO,
  cost: ZERO,
  funding: ZERO,
  reckoned: { cost: ZERO, leverage: 1, initial: ZERO },
})

export interface Applied {
  readonly realised: Decimal
  /** Quantity that opened or enlarged a position. */
  readonly opened: Decimal
}

/**
 * Books a fill; `sign` +1 buys, −1 sells. A larger opposite fill closes and opens the other way.
 * @param notional price × quantity
 */
export function applyToPosition(
  position: Position,
  sign: 1 | -1,
  price: Price,
  quantity: Quantity,
  notional: Decimal = times(price, quantity),
): Applied {
  if (position.signed.isZero()) {
    position.cost = notional
    position.signed = sign > 0 ? quantity : negative(quantity)
    return { realised: ZERO, opened: quantity }
  }
  const held = magnitude(position.signed)
  if (position.signed.isPositive() !== sign > 0 && equals(held, quantity)) {
    const realised = sign > 0 ? minus(position.cost, notional) : minus(notional, position.cost)
    position.cost = ZERO
    position.signed = ZERO
    position.funding = ZERO
    return { realised, opened: ZERO }
  }
  const adds = position.signed.isPositive() === sign > 0
  const closed = adds ? ZERO : Dec.min(held, quantity)
  const opened = quantity.minus(closed)
  const all = closed.eq(held)
  const share = closed.isZero() ? ZERO : all ? position.cost : cents(position.cost.times(closed).div(held))
  const realised = closed.isZero() ? ZERO : price.times(closed).minus(share).times(-sign)
  if (!closed.isZero()) {
    position.funding = all ? ZERO : cents(position.funding.times(held.minus(closed)).div(held))
  }
  position.cost = position.cost.minus(share).plus(price.times(opened))
  position.signed = position.signed.plus(sign > 0 ? quantity : quantity.neg())
  return { realised, opened }
}

export const entryPriceOf = (position: Position): Price =>
  (position.signed.isZero() ? ZERO : quotient(position.cost, magnitude(position.signed))) as Price

/** Margin of an isolated position: its initial margin and the funding settled on it. */
export function isolatedMargin(position: Position, leverage: number): Decimal {
  if (position.signed.isZero()) return ZERO
  const { reckoned, cost } = position
  if (reckoned.cost !== cost || reckoned.leverage !== leverage) {
    reckoned.cost = cost
    reckoned.leverage = leverage
    reckoned.initial = cents(quotient(cost, whole(leverage)))
  }
  return sum(reckoned.initial, position.funding)
}
