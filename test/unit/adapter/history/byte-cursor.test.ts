import { describe, expect, it } from 'vitest'
import {
  atLineEnd,
  readNumber,
  readText,
  skipField,
  type ByteCursor,
} from '../../../../src/adapter/history/byte-cursor.ts'

const cursorOn = (text: string): ByteCursor => ({ bytes: Buffer.from(`${text}\n`), at: 0, malformed: false })

describe('readNumber', () => {
  it.each([
    '0',
    '-0',
    '+7',
    '12',
    '0012',
    '3.25',
    '.5',
    '5.',
    '-3.737e-05',
    '1E3',
    '1e+3',
    '0.1',
    '123456789012345678901234567890',
    // Both sides of what the fast way may do: 2^53 in the digits, 10^22 in the scale.
    '9007199254740991',
    '9007199254740992',
    '9007199254740993',
    '0.9007199254740993',
    '1e22',
    '1e23',
    '1e-22',
    '1e-23',
    '123e-24',
    '0.30000000000000004',
    '1.7976931348623157e308',
    '5e-324',
    '2.2250738585072014e-308',
    '0.000000000000000000000000000001',
    '100000000000000000000000.5',
  ])('%s is the same double as for the language', (text) => {
    const cursor = cursorOn(`${text},`)
    expect(readNumber(cursor)).toBe(Number(text))
    expect([cursor.malformed, cursor.at]).toEqual([false, text.length])
  })

  it.each(['', '""', '  '])('an empty field (%j) is NaN and well-formed', (text) => {
    const cursor = cursorOn(text)
    expect(readNumber(cursor)).toBeNaN()
    expect(cursor.malformed).toBe(false)
  })

  it.each([
    ['"1.5"', 1.5],
    [' 1.5 ', 1.5],
    ['" 2 "', 2],
  ] as const)('%j is %d', (text, value) => {
    expect(readNumber(cursorOn(text))).toBe(value)
  })

  it.each([
    'x',
    '-',
    '.',
    '1.2.3',
    '1e',
    '1e+',
    'e5',
    '0x10',
    '1_000',
    '1 000',
    'NaN',
    'Infinity',
    '1e999',
    '--1',
    '１',
  ])('%j is malformed', (text) => {
    const cursor = cursorOn(text)
    expect(readNumber(cursor)).toBeNaN()
    expect(cursor.malformed).toBe(true)
  })
})

describe('fields', () => {
  it('are stepped through to the line end, commas in quotes included', () => {
    const cursor = cursorOn('a,"b,c",,d\r')
    expect(readText(cursor)).toBe('a')
    expect(atLineEnd(cursor)).toBe(false)
    skipField(cursor)
    expect(atLineEnd(cursor)).toBe(false)
    expect(readText(cursor)).toBe('')
    expect(atLineEnd(cursor)).toBe(false)
    expect(readText(cursor)).toBe('d')
    expect(atLineEnd(cursor)).toBe(true)
  })

  it('end with the file where a quote is never closed', () => {
    const cursor = cursorOn('"a,b')
    skipField(cursor)
    expect([cursor.at, atLineEnd(cursor)]).toEqual([5, true])
  })
})
