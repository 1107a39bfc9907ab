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
  // Counting decimal places is a hundred times quicker than a division, and most steps are 0.1, 0.01 or 1.
  const unit = step.e <= 0 && step.d?.length === 1 && isPowerOfTen(step.d[0]!)
  return unit ? isWithin(value, -step.e) : value.mod(step).isZero()
}

/** The value itself where it is a whole number of steps, else the next one above or below. */
export function wholeSteps(value: Decimal, step: Decimal, up: boolean): Decimal {
  if (isMultipleOf(value, step)) return value
  const steps = value.div(step)
  return (up ? steps.ceil() : steps.floor()).times(step)
}

const isPowerOfTen = (word: number): boolean =>
  word === 1 || word === 10 || word === 100 || word === 1e3 || word === 1e4 || word === 1e5 || word === 1e6

/** Digits to a word of decimal.js, and the powers of ten that a double holds exactly. */
const WORD_DIGITS = 7
const WORD = 1e7
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, k) => 10 ** k)
/** Exponent of a decimal's first word, from that of its first digit. */
export const topOf = (exponent: number): number => Math.floor(exponent / WORD_DIGITS)

/** Whether `value` is finite and has at most `places` decimals. */
export function isWithin(value: Decimal, places: number): boolean {
  const { d } = value
  if (d === null) return false
  const words = d.length - 1 - topOf(value.e)
  if (words * WORD_DIGITS <= places) return true
  // The last word may end in zeros.
  const over = words * WORD_DIGITS - places
  return over < WORD_DIGITS && d[d.length - 1]! % EXACT_POWERS[over]! === 0
}

/** Words that a double's two halves hold exactly, and half a double's digits as a factor (Dekker's splitting). */
const MOST_WORDS = 4
const SPLIT = 2 ** 27 + 1
/** Far above what the last step of a division in two doubles may be off, relative to its correction. */
const DOUBT = 2 ** -40

/**
 * The nearest double, the same as `value.toNumber()` gives but without a detour over text: a whole number below 2^53
 * divided by a power of ten up to 10^22 is rounded once; a longer one is divided in two doubles.
 */
export function numberOf(value: Decimal): number {
  const { d: words, e: exponent, s: sign } = value
  if (words === null) return value.toNumber()
  const count = words.length
  const below = WORD_DIGITS * (count - 1 - topOf(exponent))
  if (count > MOST_WORDS || below < 0 || below > 22) return value.toNumber()
  let digits = words[0]!
  for (let i = 1; i < count - 1; i++) digits = digits * WORD + words[i]!
  if (digits > Number.MAX_SAFE_INTEGER) return value.toNumber()
  if (count === 1) return (sign * digits) / EXACT_POWERS[below]!
  const whole = digits * WORD + words[count - 1]!
  if (whole <= Number.MAX_SAFE_INTEGER) return (sign * whole) / EXACT_POWERS[below]!
  const near = quotient(digits, words[count - 1]!, EXACT_POWERS[below]!)
  return near === near ? sign * near : value.toNumber()
}

/** `(head · 10^7 + word) / divisor` rounded once; NaN where that is in doubt. */
function quotient(head: number, word: number, divisor: number): number {
  const shifted = head * WORD
  const high = shifted + word
  const low = productError(head, WORD, shifted) + (word - (high - shifted))
  const first = high / divisor
  const product = first * divisor
  const rest = high - product - productError(first, divisor, product) + low
  const correction = rest / divisor
  const near = first + correction * (1 + DOUBT)
  return near === first + correction * (1 - DOUBT) ? near : Number.NaN
}

/** What `product` lacks to `a · b`, exactly. */
function productError(a: number, b: number, product: number): number {
  const a1 = SPLIT * a - (SPLIT * a - a)
  const a2 = a - a1
  const b1 = SPLIT * b - (SPLIT * b - b)
  const b2 = b - b1
  return a1 * b1 - product + a1 * b2 + a2 * b1 + a2 * b2
}

/** Digits that a double tells to the last one, and the exponent below which it is spelt with one. */
const SPELT_DIGITS = 15
const SPELT_FROM = -6

/** The same as `value.toString()`, from the nearest double where that spells it as well. */
export function textOf(value: Decimal): string {
  const { d: words, e: exponent } = value
  const places = words === null ? 0 : WORD_DIGITS * (words.length - 1 - topOf(exponent))
  const isShort = words !== null && exponent >= SPELT_FROM && exponent + 1 + Math.max(0, places) <= SPELT_DIGITS
  return isShort ? `${numberOf(value)}` : value.toString()
}
