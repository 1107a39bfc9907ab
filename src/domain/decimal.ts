import { Decimal } from 'decimal.js'

/**
 * The project's Decimal: 28 significant digits, banker's rounding, never exponent notation below 1e40.
 * Used from the moment a size becomes an order; market data and indicators stay `number`.
 */
export const Dec = Decimal.clone({ precision: 28, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -30, toExpPos: 40 })
export type { Decimal }

export const ZERO: Decimal = new Dec(0)
export const ONE: Decimal = new Dec(1)

/** Largest multiple of `step` that is not above `value` (towards zero; both non-negative, step > 0). */
export function floorToStep(value: Decimal, step: Decimal): Decimal {
  return value.div(step).floor().times(step)
}

/** Smallest multiple of `step` that is not below `value`. */
export function ceilToStep(value: Decimal, step: Decimal): Decimal {
  return value.div(step).ceil().times(step)
}

/** Multiple of `step` nearest to `value`; ties to even. */
export function roundToStep(value: Decimal, step: Decimal): Decimal {
  return value.div(step).toDecimalPlaces(0, Decimal.ROUND_HALF_EVEN).times(step)
}

/** Whether `value` is an exact multiple of `step`. */
export function isMultipleOf(value: Decimal, step: Decimal): boolean {
  return value.mod(step).isZero()
}
