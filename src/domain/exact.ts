import { Dec, numberOf, topOf, ZERO, type Decimal } from './decimal.ts'

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

/** Digits of a word above zero. */
function digitsOf(word: number): number {
  if (word < 1e4) return word < 1e2 ? (word < 1e1 ? 1 : 2) : word < 1e3 ? 3 : 4
  return word < 1e6 ? (word < 1e5 ? 5 : 6) : WORD_DIGITS
}

/**
 * The decimal of four words, each of 0 … 10⁷ − 1, the first of exponent `top`. Words travel by themselves and not in a
 * list: a loop over so few costs more than they do. A literal list has the places that it needs; a pushed one seventeen.
 */
function fromWords(sign: number, top: number, a: number, b: number, c: number, d: number): Decimal {
  if (a === 0) {
    if (b !== 0) return fromWords(sign, top - 1, b, c, d, 0)
    if (c !== 0) return fromWords(sign, top - 2, c, d, 0, 0)
    return d === 0 ? ZERO : fromWords(sign, top - 3, d, 0, 0, 0)
  }
  const exponent = top * WORD_DIGITS + digitsOf(a) - 1
  // As small integers, and without a zero's sign.
  if (d !== 0) return new Short(sign, exponent, [a | 0, b | 0, c | 0, d | 0])
  if (c !== 0) return new Short(sign, exponent, [a | 0, b | 0, c | 0])
  return new Short(sign, exponent, b === 0 ? [a | 0] : [a | 0, b | 0])
}

const wordAt = (words: readonly number[], i: number): number => (i >= 0 && i < words.length ? words[i]! : 0)

/** `undefined` where the sum is longer than what needs no rounding. */
function add(a: Decimal, b: Decimal, signB: number): Decimal | undefined {
  const x = a.d
  const y = b.d
  const topA = topOf(a.e)
  const topB = topOf(b.e)
  const top = Math.max(topA, topB)
  if (top - Math.min(topA - x.length, topB - y.length) > EXACT_WORDS) return undefined
  const i = topA - top
  const k = topB - top
  const relative = a.s * signB
  let w0 = wordAt(x, i) + relative * wordAt(y, k)
  let w1 = wordAt(x, i + 1) + relative * wordAt(y, k + 1)
  let w2 = wordAt(x, i + 2) + relative * wordAt(y, k + 2)
  let w3 = wordAt(x, i + 3) + relative * wordAt(y, k + 3)
  let sign = a.s
  // A difference may come out negative: its words are all turned round.
  if (w0 < 0 || (w0 === 0 && (w1 < 0 || (w1 === 0 && (w2 < 0 || (w2 === 0 && w3 < 0)))))) {
    sign = -sign
    w0 = -w0
    w1 = -w1
    w2 = -w2
    w3 = -w3
  }
  if (w3 < 0 || w3 >= WORD) {
    const carry = w3 < 0 ? -1 : 1
    w3 -= carry * WORD
    w2 += carry
  }
  if (w2 < 0 || w2 >= WORD) {
    const carry = w2 < 0 ? -1 : 1
    w2 -= carry * WORD
    w1 += carry
  }
  if (w1 < 0 || w1 >= WORD) {
    const carry = w1 < 0 ? -1 : 1
    w1 -= carry * WORD
    w0 += carry
  }
  if (w0 < WORD) return fromWords(sign, top, w0, w1, w2, w3)
  return w3 === 0 ? fromWords(sign, top + 1, 1, w0 - WORD, w1, w2) : undefined
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
  if (x.length + y.length > EXACT_WORDS) return a.times(b)
  const x0 = x[0]!
  const y0 = y[0]!
  const x1 = wordAt(x, 1)
  const y1 = wordAt(y, 1)
  // Doubles hold sums of products of two words without loss.
  let w3 = x0 * wordAt(y, 2) + x1 * y1 + wordAt(x, 2) * y0
  let w2 = x0 * y1 + x1 * y0
  let w1 = x0 * y0
  let carry = 0
  if (w3 >= WORD) {
    carry = Math.floor(w3 / WORD)
    w3 -= carry * WORD
    w2 += carry
  }
  carry = Math.floor(w2 / WORD)
  w2 -= carry * WORD
  w1 += carry
  carry = Math.floor(w1 / WORD)
  w1 -= carry * WORD
  const top = topOf(a.e) + topOf(b.e)
  const sign = a.s * b.s
  return carry === 0 ? fromWords(sign, top, w1, w2, w3, 0) : fromWords(sign, top + 1, carry, w1, w2, w3)
}

/** Whole numbers below this are doubles to the last digit, as are their words. */
const MOST_WHOLE = 1e15

/** The decimal that doubles say `a / b` is, if it is no longer than prices are; to be checked. */
function guessQuotient(a: Decimal, b: Decimal): Decimal | undefined {
  const units = Math.round(Math.abs(numberOf(a) / numberOf(b)) * WORD)
  if (!(units > 0 && units <= Number.MAX_SAFE_INTEGER)) return undefined
  const whole = Math.floor(units / WORD)
  const high = Math.floor(whole / WORD)
  return fromWords(a.s * b.s, 1, high, whole - high * WORD, units - whole * WORD, 0)
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
  return fromWords(sign, 2, high, above - high * WORD, size - above * WORD, 0)
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
