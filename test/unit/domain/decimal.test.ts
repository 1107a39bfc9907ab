import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Dec, isMultipleOf, isWithin, numberOf, textOf, ZERO } from '../../../src/domain/decimal.ts'
import { sum } from '../../../src/domain/exact.ts'

describe('decimals', () => {
  test('no exponent in what is sent to a venue', () => {
    expect(new Dec('0.00000001').toString()).toBe('0.00000001')
    expect(new Dec('123456789012345678901234').toString()).toBe('123456789012345678901234')
  })

  test.each([
    ['0.012', '0.001', true],
    ['0.0125', '0.001', false],
    ['0.3', '0.1', true],
    ['0', '0.1', true],
    ['7.5', '5', false],
  ])('%s is a multiple of %s: %s', (value, step, whole) => {
    expect(isMultipleOf(new Dec(value), new Dec(step))).toBe(whole)
  })

  test('places are counted as decimal.js counts them, and multiples as its remainder says', () => {
    const value = fc
      .tuple(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), fc.integer({ min: -18, max: 3 }))
      .map(([digits, exponent]) => new Dec(`${digits}e${exponent}`))
    const step = fc.constantFrom('1', '0.1', '0.5', '0.001', '10', '5', '0.0000001', '0.00000001', '0.025')
    fc.assert(
      fc.property(value, fc.integer({ min: 0, max: 20 }), step, (decimal, places, size) => {
        expect(isWithin(decimal, places)).toBe(decimal.decimalPlaces() <= places)
        for (const each of [decimal, decimal.toDecimalPlaces(3)])
          expect(isMultipleOf(each, new Dec(size))).toBe(each.mod(size).isZero())
      }),
      { numRuns: 5_000 },
    )
    for (const text of ['NaN', 'Infinity', '-Infinity']) {
      expect(isWithin(new Dec(text), 12)).toBe(false)
      expect(isMultipleOf(new Dec(text), new Dec('0.1'))).toBe(false)
    }
  })

  test('the quick text is the text', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.integer({ min: -24, max: 9 }), (digits, e) => {
        const decimal = new Dec(`${digits}e${e}`)
        expect(textOf(decimal)).toBe(decimal.toString())
      }),
      { numRuns: 10_000 },
    )
    for (const text of ['0', '-0', 'NaN', '-Infinity', '0.000001', '0.0000001', '999999999999999', '1000000000000000'])
      expect(textOf(new Dec(text))).toBe(new Dec(text).toString())
  })

  test('the quick number is the number', () => {
    const digits = fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n })
    fc.assert(
      fc.property(digits, fc.integer({ min: -25, max: 12 }), (value, exponent) => {
        const decimal = new Dec(`${value}e${exponent}`)
        expect(Object.is(numberOf(decimal), decimal.toNumber()) || (decimal.isZero() && numberOf(decimal) === 0)).toBe(
          true,
        )
      }),
      { numRuns: 20_000 },
    )
    // Halfway between two doubles, and beside it.
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n ** 53n, max: 2n ** 66n }),
        fc.integer({ min: -12, max: 0 }),
        (whole, exponent) => {
          const half = new Dec(2).pow(exponent)
          for (const shift of [0, 1e-9, -1e-9]) {
            const decimal = new Dec(whole.toString()).times(half).plus(shift)
            expect(numberOf(decimal)).toBe(decimal.toNumber())
          }
        },
      ),
      { numRuns: 5_000 },
    )
    for (const value of ['NaN', 'Infinity', '-Infinity', '0', '1e-7', '9007199254740993', '0.1', '-50000.1']) {
      expect(numberOf(new Dec(value)), value).toBe(new Dec(value).toNumber())
    }
  })

  test('the quick sum is the sum', () => {
    const value = fc.constantFrom('0', '1.5', '-1.5', '0.0000001').map((text) => new Dec(text))
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(sum(a, b).eq(a.plus(b))).toBe(true)
      }),
    )
    expect(sum(ZERO, ZERO).isZero()).toBe(true)
  })
})
