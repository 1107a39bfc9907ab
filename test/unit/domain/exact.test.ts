import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dec, numberOf, ZERO } from '../../../src/domain/decimal.ts'
import {
  compare,
  equals,
  isPositive,
  magnitude,
  minus,
  negative,
  quotient,
  sum,
  times,
  whole,
} from '../../../src/domain/exact.ts'

const digits = fc.oneof(
  fc.bigInt({ min: -(10n ** 28n), max: 10n ** 28n }),
  fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }),
  fc.bigInt({ min: -(10n ** 7n), max: 10n ** 7n }),
)
const decimal = fc.tuple(digits, fc.integer({ min: -24, max: 9 })).map(([value, e]) => new Dec(`${value}e${e}`))
const special = fc.constantFrom('0', '-0', 'NaN', 'Infinity', '-Infinity', '9999999', '0.9999999', '1e-7', '1e28')
const any = fc.oneof({ weight: 9, arbitrary: decimal }, { weight: 1, arbitrary: special.map((text) => new Dec(text)) })

/** A decimal as decimal.js keeps it: what comes after depends on every field, but for the sign of zero. */
const parts = (value: InstanceType<typeof Dec>): unknown => [
  value.isZero() ? 1 : value.s,
  value.e,
  value.d,
  value.constructor === Dec,
]

describe('quick arithmetic', () => {
  test.each(Array.from({ length: 20 }, (_, i) => i + 1))('is that of decimal.js, field by field, part %i of 20', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(parts(sum(a, b))).toEqual(parts(a.plus(b)))
        expect(parts(minus(a, b))).toEqual(parts(a.minus(b)))
        expect(parts(times(a, b))).toEqual(parts(a.times(b)))
        expect(compare(a, b)).toBe(a.cmp(b))
        expect([equals(a, b), equals(a, new Dec(a))]).toEqual([a.eq(b), a.eq(a)])
        expect(parts(magnitude(a))).toEqual(parts(a.abs()))
        expect(parts(negative(a))).toEqual(parts(a.neg()))
        expect(isPositive(a)).toBe(a.isFinite() && a.gt(0))
      }),
      { numRuns: 1_000 },
    )
  })

  test('of neighbours: differences that borrow through every word', () => {
    fc.assert(
      fc.property(decimal, fc.integer({ min: -24, max: 9 }), (a, e) => {
        const b = a.plus(new Dec(`1e${e}`))
        expect(parts(minus(a, b))).toEqual(parts(a.minus(b)))
        expect(parts(sum(a.neg(), b))).toEqual(parts(a.neg().plus(b)))
        expect(compare(a, b)).toBe(a.cmp(b))
      }),
      { numRuns: 5_000 },
    )
  })

  test.each([1, 2])('divides as decimal.js does, field by field, part %i of 2', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(parts(quotient(a, b))).toEqual(parts(a.div(b)))
      }),
      { numRuns: 3_000 },
    )
  })

  test('of prices and quantities: their product gives each of them back, and what is no product is rounded as ever', () => {
    const price = fc.tuple(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: -9, max: 2 }))
    fc.assert(
      fc.property(price, price, (p, q) => {
        const [a, b] = [p, q].map(([value, e]) => new Dec(`${value}e${e}`)) as [typeof ZERO, typeof ZERO]
        const product = a.times(b)
        expect(parts(quotient(product, b))).toEqual(parts(a))
        expect(parts(quotient(product.neg(), a))).toEqual(parts(b.neg()))
        const odd = product.plus('1e-12')
        expect(parts(quotient(odd, b))).toEqual(parts(odd.div(b)))
      }),
      { numRuns: 3_000 },
    )
  })

  test('whole numbers are what decimal.js makes of them', () => {
    const number = fc.oneof(
      fc.integer({ min: -(10 ** 7) - 5, max: 10 ** 7 + 5 }),
      fc.maxSafeInteger(),
      fc.double(),
      fc.constantFrom(0, -0, 1e7, 1e14, 1e15 - 1, 1e15, 5e20, 0.5, Number.NaN, Infinity),
    )
    fc.assert(
      fc.property(number, (value) => {
        expect(parts(whole(value))).toEqual(parts(new Dec(value)))
      }),
      { numRuns: 5_000 },
    )
  })

  test('leaves its operands as they were', () => {
    const a = new Dec('50000.1')
    const b = new Dec('0.123')
    times(a, b)
    minus(b, a)
    sum(negative(a), magnitude(negative(b)))
    expect([numberOf(a), numberOf(b)]).toEqual([50_000.1, 0.123])
  })
})
