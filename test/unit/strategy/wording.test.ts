import { describe, expect, it } from 'vitest'
import {
  basisPointText,
  hoursText,
  hundredthText,
  percentText,
  priceText,
  secondsText,
  usdText,
} from '../../../src/strategy/wording.ts'

describe('figures in sentences', () => {
  it('shows amounts with the unit that fits', () => {
    expect([999, 1_000, 3_500_000, 6_200_000_000].map(usdText)).toEqual(['$999', '$1k', '$3.5M', '$6.2B'])
  })

  it('groups thousands, with fewer decimals the larger the price', () => {
    const prices = [
      7,
      999.5,
      999.12345,
      999.99996,
      1_000,
      1_005.004,
      89_427.01,
      1_234_567.891,
      1_002_003,
      0.000012345,
      Number.NaN,
    ]
    expect(prices.map(priceText)).toEqual([
      '7',
      '999.5',
      '999.1235',
      '1,000',
      '1,000',
      '1,005',
      '89,427.01',
      '1,234,567.89',
      '1,002,003',
      '0.000012345',
      'NaN',
    ])
    expect(priceText(1_000.05)).toBe('1,000.05')
    expect(priceText(12.0305)).toBe('12.0305')
  })

  it('keeps two decimals, with a sign where there is something to sign', () => {
    expect([0.854, 0.855001, 2, 0.05, -0.316, -0.001, Number.NaN, Number.POSITIVE_INFINITY].map(hundredthText)).toEqual(
      ['0.85', '0.86', '2.00', '0.05', '-0.32', '0.00', 'NaN', 'Infinity'],
    )
  })

  it('shows ratios as percents and basis points, and spans of time', () => {
    expect(percentText(0.0028249)).toBe('0.28 %')
    expect(basisPointText(0.00055)).toBe('5.5 bp')
    expect(secondsText(2_500)).toBe('2.5 s')
    expect(hoursText(5_400_000)).toBe('1.5 h')
  })
})
