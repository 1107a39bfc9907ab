import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fc, test } from '@fast-check/vitest'
import { afterAll, describe, expect } from 'vitest'
import { readNumber } from '../../../../src/adapter/history/byte-cursor.ts'
import { readHistory } from '../../../../src/adapter/history/csv.ts'

const directory = mkdtempSync(join(tmpdir(), 'lodestone-history-'))
const file = join(directory, 'x_BTCUSDT.csv')
afterAll(() => rmSync(directory, { recursive: true }))

const price = fc.double({ min: 1e-8, max: 1e9, noNaN: true })
const amount = fc.double({ min: 0, max: 1e18, noNaN: true })
const perhaps = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: Number.NaN })
const row = fc.record({
  prices: fc.tuple(price, price, price, price).map((values) => values.toSorted((a, b) => a - b)),
  rising: fc.boolean(),
  volume: amount,
  openInterest: perhaps(amount),
  fundingRate: perhaps(fc.double({ min: -0.1, max: 0.1, noNaN: true })),
})

describe('readHistory', () => {
  test.prop([fc.array(row, { minLength: 2, maxLength: 40 }), fc.constantFrom('\n', '\r\n')])(
    'gives back the very doubles that were written',
    (rows, newline) => {
      const bars = rows.map(({ prices, rising, ...rest }, index) => {
        const [low, a, b, high] = prices as [number, number, number, number]
        const time = Date.UTC(2024, 0, 1) + index * 60_000
        return { time, low, high, open: rising ? a : b, close: rising ? b : a, ...rest }
      })
      const text = (value: number): string => (Number.isNaN(value) ? '' : String(value))
      const lines = bars.map((bar) =>
        [bar.time, bar.fundingRate, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.openInterest]
          .map(text)
          .join(','),
      )
      writeFileSync(file, ['ts,funding_rate,open,high,low,close,volume,open_interest', ...lines].join(newline))

      const result = readHistory(file)
      if (result.kind !== 'ok') throw new Error(JSON.stringify(result.problems))
      const { columns } = result
      expect(columns.length).toBe(bars.length)
      const same = (values: Float64Array, figure: (bar: (typeof bars)[number]) => number): boolean =>
        bars.every((bar, index) => Object.is(values[index], figure(bar)))
      expect(same(columns.openTime, (bar) => bar.time)).toBe(true)
      expect(same(columns.open, (bar) => bar.open)).toBe(true)
      expect(same(columns.high, (bar) => bar.high)).toBe(true)
      expect(same(columns.low, (bar) => bar.low)).toBe(true)
      expect(same(columns.close, (bar) => bar.close)).toBe(true)
      expect(same(columns.volume, (bar) => bar.volume)).toBe(true)
      expect(same(columns.openInterest, (bar) => bar.openInterest)).toBe(true)
      expect(same(columns.fundingRate, (bar) => (Object.is(bar.fundingRate, -0) ? 0 : bar.fundingRate))).toBe(true)
    },
  )
})

describe('readNumber', () => {
  const digits = (max: number) =>
    fc.string({ unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), minLength: 1, maxLength: max })
  const decimal = fc
    .tuple(
      fc.constantFrom('', '-', '+'),
      digits(25),
      fc.option(digits(25), { nil: '' }),
      fc.option(fc.integer({ min: -330, max: 320 }), { nil: undefined }),
    )
    .map(
      ([sign, whole, fraction, exponent]) =>
        `${sign}${whole}${fraction && `.${fraction}`}${exponent === undefined ? '' : `e${exponent}`}`,
    )

  test.prop([decimal])('reads any decimal as the language does', (text) => {
    const cursor = { bytes: Buffer.from(`${text},`), at: 0, malformed: false }
    const expected = Number(text)
    const value = readNumber(cursor)
    expect(Object.is(value, Number.isFinite(expected) ? expected : Number.NaN)).toBe(true)
    expect([cursor.at, cursor.malformed]).toEqual([text.length, !Number.isFinite(expected)])
  })
})
