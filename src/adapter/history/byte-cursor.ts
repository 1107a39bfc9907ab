const COMMA = 44
const NEWLINE = 10
const RETURN = 13
const QUOTE = 34
const DOT = 46
const PLUS = 43
const MINUS = 45
const ZERO = 48
const NINE = 57
const SPACE = 32

/** A place in the bytes of a CSV file. The bytes end with a newline, so that no scan runs out of them. */
export interface ByteCursor {
  readonly bytes: Uint8Array
  at: number
  /** Set by a read of something that is no number; cleared by whoever handles it. */
  malformed: boolean
}

/** Doubles hold these exactly, so that one multiplication or division by them rounds once. */
const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)
const MAX_POWER = POWERS.length - 1
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

const endsField = (byte: number): boolean => byte === COMMA || byte === NEWLINE || byte === RETURN

/**
 * Reads a number field and stops at the comma or line end behind it. The same double as `Number(text)`; NaN for an empty
 * field, NaN and `malformed` for anything else. Up to 2^53 in the digits and 10^±22 of scale, the digits and the power of
 * ten are both exact and their quotient is rounded correctly (W. Clinger, "How to read floating point numbers
 * accurately", 1990); beyond that the text is parsed.
 */
export function readNumber(cursor: ByteCursor): number {
  const { bytes } = cursor
  const start = cursor.at
  let at = start
  let byte = bytes[at]!
  if (endsField(byte)) return Number.NaN
  const negative = byte === MINUS
  if (negative || byte === PLUS) byte = bytes[++at]!
  const firstDigit = at
  let digits = 0
  while (byte >= ZERO && byte <= NINE) {
    digits = digits * 10 + (byte - ZERO)
    byte = bytes[++at]!
  }
  let count = at - firstDigit
  let scale = 0
  if (byte === DOT) {
    const point = at
    byte = bytes[++at]!
    while (byte >= ZERO && byte <= NINE) {
      digits = digits * 10 + (byte - ZERO)
      byte = bytes[++at]!
    }
    scale = at - point - 1
    count += scale
  }
  let power = -scale
  // An e, in either case.
  if (count > 0 && (byte | SPACE) === 101) {
    byte = bytes[++at]!
    const down = byte === MINUS
    if (down || byte === PLUS) byte = bytes[++at]!
    const from = at
    let exponent = 0
    while (byte >= ZERO && byte <= NINE) {
      exponent = exponent * 10 + (byte - ZERO)
      byte = bytes[++at]!
    }
    if (at === from) count = 0
    power += down ? -exponent : exponent
  }
  if (count === 0 || !endsField(byte) || digits > Number.MAX_SAFE_INTEGER || power > MAX_POWER || power < -MAX_POWER) {
    return readUnusual(cursor, start)
  }
  cursor.at = at
  const value = power < 0 ? digits / POWERS[-power]! : digits * POWERS[power]!
  return negative ? -value : value
}

/** Quoted fields, spaces, very long or very large numbers, and what is no number. */
function readUnusual(cursor: ByteCursor, start: number): number {
  cursor.at = start
  const text = readText(cursor)
  if (text === '') return Number.NaN
  const value = NUMBER.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  cursor.malformed = true
  return Number.NaN
}

/** Moves to the comma or line end behind the field. */
export function skipField(cursor: ByteCursor): void {
  const { bytes } = cursor
  let at = cursor.at
  if (bytes[at] === QUOTE) {
    at++
    while (at < bytes.length && bytes[at] !== QUOTE) at++
  }
  while (at < bytes.length && !endsField(bytes[at]!)) at++
  cursor.at = at
}

/** The field's text without quotes and spaces around it; stops behind it as `readNumber` does. */
export function readText(cursor: ByteCursor): string {
  const start = cursor.at
  skipField(cursor)
  return String.fromCharCode(...cursor.bytes.subarray(start, Math.min(cursor.at, start + MAX_TEXT)))
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .trim()
}

/** No number, time or column name is longer. */
const MAX_TEXT = 400

/** True at the end of the line; else steps over the comma. */
export function atLineEnd(cursor: ByteCursor): boolean {
  const byte = cursor.bytes[cursor.at]!
  if (byte === COMMA) {
    cursor.at++
    return false
  }
  return true
}

/** Steps over the line end. */
export function nextLine(cursor: ByteCursor): void {
  const { bytes } = cursor
  let at = cursor.at
  while (at < bytes.length && bytes[at] !== NEWLINE) at++
  cursor.at = at + 1
}

/** Whether nothing but spaces stands between here and the line end. */
export function isBlankLine(cursor: ByteCursor): boolean {
  const { bytes } = cursor
  let at = cursor.at
  while (bytes[at] === SPACE || bytes[at] === RETURN) at++
  return at >= bytes.length || bytes[at] === NEWLINE
}
