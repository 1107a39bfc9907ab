import { describe, expect, it } from 'vitest'
import {
  fundingOrAssumed,
  leverageFor,
  liquidationDistance,
  type LiquidationTerms,
} from '../../../src/risk/own-liquidation.ts'
import { BTC } from './scene.ts'

const terms = (overrides: Partial<LiquidationTerms> = {}): LiquidationTerms => ({
  direction: 'LONG',
  entry: 50_000,
  stop: 49_000,
  quantity: 0.1,
  fundingRate: 0,
  maxHoldingHours: 24,
  crossEquity: null,
  tiers: BTC.marginTiers,
  ...overrides,
})

describe('liquidationDistance', () => {
  it('is in stop distances', () => {
    // 10x LONG: 45,000 / 0.996 = 45,180.7229; SHORT: 55,000 / 1.004 = 54,780.8765.
    expect(liquidationDistance(terms(), 10)).toBeCloseTo(4.8192771, 6)
    expect(liquidationDistance(terms({ direction: 'SHORT', stop: 51_000 }), 10)).toBeCloseTo(4.7808765, 6)
  })

  it('uses the bracket of the size', () => {
    // 2 units: 100,000 of notional, 1 % of maintenance less 300: p = (10,000 + 300 − 100,000) / (2 × (0.01 − 1)).
    expect(liquidationDistance(terms({ quantity: 2 }), 10)).toBeCloseTo((50_000 - 89_700 / 1.98) / 1_000, 6)
  })

  it('counts funding that is paid and not what is received', () => {
    const rate = 0.01
    // 3 settlements of 500: (45,000 + 1,500) / 0.996 for a LONG that pays.
    expect(liquidationDistance(terms({ fundingRate: rate }), 10)).toBeCloseTo((50_000 - 46_500 / 0.996) / 1_000, 6)
    expect(liquidationDistance(terms({ fundingRate: -rate }), 10)).toBeCloseTo(4.8192771, 6)
    const short = terms({ direction: 'SHORT', stop: 51_000, fundingRate: -rate })
    expect(liquidationDistance(short, 10)).toBeCloseTo((53_500 / 1.004 - 50_000) / 1_000, 6)
  })

  it('counts a settlement that a part of the last interval may reach', () => {
    const held = terms({ fundingRate: 0.01, maxHoldingHours: 17 })
    expect(liquidationDistance(held, 10)).toBe(liquidationDistance(terms({ fundingRate: 0.01 }), 10))
  })

  it('is 0 when the funding eats the margin, or the table ends before the size', () => {
    expect(liquidationDistance(terms({ fundingRate: 0.04 }), 10)).toBe(0)
    expect(liquidationDistance(terms({ quantity: 2_001 }), 10)).toBe(0)
    expect(liquidationDistance(terms({ tiers: [] }), 1)).toBe(0)
  })

  it('is endless for a LONG that cannot be liquidated, never for a SHORT', () => {
    expect(liquidationDistance(terms(), 1)).toBe(Number.POSITIVE_INFINITY)
    expect(liquidationDistance(terms({ direction: 'SHORT', stop: 51_000 }), 1)).toBeCloseTo(
      (100_000 / 1.004 - 50_000) / 1_000,
      6,
    )
  })
})

describe('leverageFor', () => {
  it('takes the highest that keeps the distance', () => {
    expect(leverageFor(terms(), 10, 4.8)).toBe(10)
    expect(leverageFor(terms(), 10, 4.82)).toBe(9)
    expect(leverageFor(terms(), 10, liquidationDistance(terms(), 10))).toBe(10)
    expect(leverageFor(terms({ stop: 35_000 }), 10, 2)).toBe(1)
  })

  it('takes whole steps and no more than the venue allows', () => {
    expect(leverageFor(terms(), 7.9, 2)).toBe(7)
    // 100,000 of notional: 50x at most.
    expect(leverageFor(terms({ quantity: 2, stop: 49_900 }), 100, 1)).toBe(50)
  })

  it('is undefined when not even 1x keeps it', () => {
    expect(leverageFor(terms({ direction: 'SHORT', stop: 80_000 }), 10, 2)).toBeUndefined()
  })
})

describe('fundingOrAssumed', () => {
  it('keeps a known rate and takes one against the position for an unknown one', () => {
    expect(fundingOrAssumed(-0.002, 'LONG')).toBe(-0.002)
    expect(fundingOrAssumed(Number.NaN, 'LONG')).toBe(0.0001)
    expect(fundingOrAssumed(Number.NaN, 'SHORT')).toBe(-0.0001)
  })
})
