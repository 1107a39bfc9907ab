import { Dec, ZERO, type Decimal } from '../../src/domain/decimal.ts'

/** What the venue knows of one position and its money; kept by other arithmetic than the bot's. */
export interface Holding {
  readonly signed: Decimal
  /** Signed quote amount that was paid for what is held. */
  readonly basis: Decimal
}

export const NOTHING: Holding = { signed: ZERO, basis: ZERO }

/** A trade of `units` (positive) on the side of `sign`; returns the new holding and what was realised. */
export function traded(
  held: Holding,
  sign: 1 | -1,
  price: Decimal,
  units: Decimal,
): { held: Holding; realised: Decimal } {
  const delta = units.times(sign)
  const opens = held.signed.isZero() || held.signed.isPositive() === sign > 0
  if (opens)
    return { held: { signed: held.signed.plus(delta), basis: held.basis.plus(price.times(delta)) }, realised: ZERO }
  const closed = Dec.min(units, held.signed.abs())
  const share = held.basis.times(closed).div(held.signed.abs())
  const realised = price.times(closed).times(-sign).minus(share)
  const rest = units.minus(closed).times(sign)
  const signed = held.signed.plus(delta)
  if (!rest.isZero()) return { held: { signed, basis: price.times(rest) }, realised }
  return { held: { signed, basis: signed.isZero() ? ZERO : held.basis.minus(share) }, realised }
}
