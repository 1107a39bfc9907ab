import { Dec, numberOf, ZERO, type Decimal } from './decimal.ts'

/*
 * Sums, products and comparisons of decimals as short as prices, quantities and fees are. decimal.js copies the second
 * operand through its constructor and counts digits to round what needs no rounding; that is five times the work. Results are
 * the same to the last digit: whatever might be rounded or is not finite is left to decimal.js.
 */

/** Digits to a word of decimal.js. */
const WORD_DIGITS = 7
const WORD = 1e7
/** So many words hold at most 28 digits, which is the precision: no rounding. */
const EXACT_WORDS = 4
const SCRATCH_WORDS = 8
/** Most significant word first; doubles hold sums of products of two words without loss. */
const scratch = new Float64Array(SCRATCH_WORDS)

/** Exponent of a decimal's first word. */
const topOf = (value: Decimal): number => Math.floor(value.e / WORD_DIGITS)

/**
 * A decimal put together of its parts, with the prototype and the fields that decimal.js gives its own: its constructor
 * spends most of its time on finding out what it was handed.
 */
const Short = function (this: { -readonly [K in keyof Decimal]: Decimal[K] }, s: number, e: number, d: number[]): void {
  this.constructor = Dec
  this.s = s
  this.e = e
  this.d = d
} as unknown as new (s: number, e: number, d: number[]) => Decimal
Short.prototype = Dec.prototype as Decimal

const isPlain = (value: Decimal): boolean => value.d !== null && value.d[0] !== 0

function digitsOf(word: number): number {
  let digits = 1
  for (let bound = 10; bound <= word; bound *= 10) digits += 1
  return digits
}

/** Words as small integers. A list that is pushed to grows to seventeen places at once; a literal has what it needs. */
function wordsOf(first: number, count: number): number[] {
  const a = scratch[first]! | 0
  if (count === 1) return [a]
  const b = scratch[first + 1]! | 0
  if (count === 2) return [a, b]
  const c = scratch[first + 2]! | 0
  return count === 3 ? [a, b, c] : [a, b, c, scratch[first + 3]! | 0]
}

/** The decimal that `scratch` holds, once carried; `undefined` where it is longer than what needs no rounding. */
function build(sign: number, length: number, top: number): Decimal | undefined {
  let first = 0
  while (first < length && scratch[first] === 0) first += 1
  if (first === length) return ZERO
  // A difference may come out negative: its words are all turned round.
  const turn = scratch[first]! < 0 ? -1 : 1
  let carry = 0
  for (let i = length - 1; i >= 0; i -= 1) {
    const value = scratch[i]! * turn + carry
    carry = Math.floor(value / WORD)
    scratch[i] = value - carry * WORD
  }
  if (carry !== 0) return undefined
  first = 0
  while (scratch[first] === 0) first += 1
  let end = length
  while (scratch[end - 1] === 0) end -= 1
  if (end - first > EXACT_WORDS) return undefined
  const words = wordsOf(first, end - first)
  return new Short(sign * turn, (top - first) * WORD_DIGITS + digitsOf(words[0]!) - 1, words)
}

function add(a: Decimal, b: Decimal, signB: number): Decimal | undefined {
  const x = a.d
  const y = b.d
  const topA = topOf(a)
  const topB = topOf(b)
  // One word above both, for the carry.
  const top = Math.max(topA, topB) + 1
  const length = top - Math.min(topA - x.length, topB - y.length)
  if (length > SCRATCH_WORDS) return undefined
  for (let i = 0; i < length; i += 1) scratch[i] = 0
  const relative = a.s * signB
  for (let i = 0; i < x.length; i += 1) scratch[top - topA + i] = x[i]!
  for (let i = 0; i < y.length; i += 1) scratch[top - topB + i]! += relative * y[i]!
  return build(a.s, length, top)
}

const isNothing = (value: Decimal): boolean => value.d !== null && value.d[0] === 0

/** `a + b`; one of them itself where the other is zero. */
export function sum(a: Decimal, b: Decimal): Decimal {
  if (isNothing(a)) return b
  if (isNothing(b)) return a
  if (a.d === null || b.d === null) return a.plus(b)
  return add(a, b, b.s) ?? a.plus(b)
}

/** `a − b`; `a` itself where `b` is zero. */
export function minus(a: Decimal, b: Decimal): Decimal {
  if (isNothing(b)) return a
  if (!isPlain(a) || !isPlain(b)) return a.minus(b)
  return add(a, b, -b.s) ?? a.minus(b)
}

/** `a · b`. */
export function times(a: Decimal, b: Decimal): Decimal {
  if (!isPlain(a) || !isPlain(b)) return a.times(b)
  const x = a.d
  const y = b.d
  const length = x.length + y.length
  if (length > SCRATCH_WORDS) return a.times(b)
  for (let i = 0; i < length; i += 1) scratch[i] = 0
  for (let i = 0; i < x.length; i += 1) {
    for (let k = 0; k < y.length; k += 1) scratch[i + k + 1]! += x[i]! * y[k]!
  }
  return build(a.s * b.s, length, topOf(a) + topOf(b) + 1) ?? a.times(b)
}

/** Whole numbers below this are doubles to the last digit, as are their words. */
const MOST_WHOLE = 1e15

/** Scratch takes a quotient of as many whole words and one of decimals. */
const QUOTIENT_WORDS = 3

/** The decimal that doubles say `a / b` is, if it is no longer than prices are; to be checked. */
function guessQuotient(a: Decimal, b: Decimal): Decimal | undefined {
  const units = Math.round(Math.abs(numberOf(a) / numberOf(b)) * WORD)
  if (!(units > 0 && units <= Number.MAX_SAFE_INTEGER)) return undefined
  const whole = Math.floor(units / WORD)
  const high = Math.floor(whole / WORD)
  scratch[0] = high
  scratch[1] = whole - high * WORD
  scratch[2] = units - whole * WORD
  return build(a.s * b.s, QUOTIENT_WORDS, 1)
}

/**
 * `a / b`. Most of what is divided is a product of a short price or margin, which doubles find at once and a product proves;
 * what is longer is left to decimal.js.
 */
export function quotient(a: Decimal, b: Decimal): Decimal {
  if (!isPlain(a) || !isPlain(b)) return a.div(b)
  const guess = guessQuotient(a, b)
  // So few words never make a product that would be rounded.
  const isProof = guess !== undefined && guess.d.length + b.d.length <= EXACT_WORDS && equals(times(guess, b), a)
  return isProof ? guess : a.div(b)
}

/** A whole number of at most fifteen digits as a decimal; whatever else is left to decimal.js. */
export function whole(value: number): Decimal {
  const size = Math.abs(value)
  if (!(size > 0 && size < MOST_WHOLE && Number.isInteger(size))) return new Dec(value)
  const sign = value < 0 ? -1 : 1
  if (size < WORD) return new Short(sign, digitsOf(size) - 1, [size | 0])
  const above = Math.floor(size / WORD)
  const high = Math.floor(above / WORD)
  scratch[0] = high
  scratch[1] = above - high * WORD
  scratch[2] = size - above * WORD
  return build(sign, QUOTIENT_WORDS, 2) ?? new Dec(value)
}

/** `−value`. */
export const negative = (value: Decimal): Decimal =>
  value.d !== null && value.d.length <= EXACT_WORDS ? new Short(-value.s, value.e, value.d) : value.neg()

/** `value` without its sign. */
export function magnitude(value: Decimal): Decimal {
  if (value.s > 0) return value
  if (value.d === null) return value.abs()
  return new Short(1, value.e, value.d)
}

/** −1, 0 or 1 as `a` is below, at or above `b`; NaN where one is not a number. */
export function compare(a: Decimal, b: Decimal): number {
  if (!isPlain(a) || !isPlain(b)) return a.cmp(b)
  if (a.s !== b.s) return a.s
  if (a.e !== b.e) return a.e > b.e ? a.s : -a.s
  const x = a.d
  const y = b.d
  const common = Math.min(x.length, y.length)
  for (let i = 0; i < common; i += 1) if (x[i] !== y[i]) return x[i]! > y[i]! ? a.s : -a.s
  return x.length === y.length ? 0 : x.length > y.length ? a.s : -a.s
}

export const equals = (a: Decimal, b: Decimal): boolean => compare(a, b) === 0

/** Whether `value` is finite and above zero. */
export const isPositive = (value: Decimal): boolean => value.s > 0 && value.d !== null && value.d[0] !== 0
