import { Decimal } from 'decimal.js'

/**
 * The project's Decimal: 28 significant digits, banker's rounding, never exponent notation below 1e40.
 * Used from the moment a size becomes an order; market data and indicators stay `number`.
 */
export const Dec = Decimal.clone({ precision: 28, rounding: Decimal.ROUND_HALF_EVEN, toExpNeg: -30, toExpPos: 40 })
export type { Decimal }

export const ZERO: Decimal = new Dec(0)

/** Whether `value` is an exact multiple of `step`. */
export function isMultipleOf(value: Decimal, step: Decimal): boolean {
  const places = step.decimalPlaces()
  // Counting decimal places is a hundred times quicker than a division, and most steps are 0.1, 0.01 or 1.
  const unit = step.d.length === 1 && step.e === -places && isPowerOfTen(step.d[0]!)
  return unit ? value.decimalPlaces() <= places : value.mod(step).isZero()
}

const isPowerOfTen = (word: number): boolean =>
  word === 1 || word === 10 || word === 100 || word === 1e3 || word === 1e4 || word === 1e5 || word === 1e6

/** Digits to a word of decimal.js, and the powers of ten that a double holds exactly. */
const WORD_DIGITS = 7
const WORD = 1e7
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, k) => 10 ** k)

/**
 * The nearest double, the same as `value.toNumber()` gives but without a detour over text: a whole number below 2^53
 * divided by a power of ten up to 10^22 is rounded once.
 */
export function numberOf(value: Decimal): number {
  if (!value.isFinite()) return value.toNumber()
  const { d: words, e: exponent, s: sign } = value
  const count = words.length
  const below = WORD_DIGITS * (count - 1 - Math.floor(exponent / WORD_DIGITS))
  if (count > 3 || below < 0 || below > 22) return value.toNumber()
  let digits = words[0]!
  for (let i = 1; i < count; i++) digits = digits * WORD + words[i]!
  if (digits > Number.MAX_SAFE_INTEGER) return value.toNumber()
  return (sign * digits) / EXACT_POWERS[below]!
}
