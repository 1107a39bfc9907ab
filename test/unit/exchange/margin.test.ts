import { fc, it as prop } from '@fast-check/vitest'
import { describe, expect, it } from 'vitest'
import { liquidationPrice } from '../../../src/domain/liquidation.ts'
import { leverageCap, liquidationLevel, maintenanceMargin } from '../../../src/exchange/margin.ts'
import { BTC } from './fixture.ts'

const TIERS = BTC.marginTiers

/** side, leverage, quantity, added margin, price of liquidation; entry 50,000. */
const VECTORS: readonly (readonly [1 | -1, number, number, number, number | null])[] = [
  [1, 125, 0.4, 0, 49_799.1968],
  [-1, 125, 0.4, 0, 50_199.2032],
  [1, 100, 2, 0, 49_723.6181],
  [-1, 100, 2, 0, 50_273.6318],
  [1, 50, 0.4, 0, 49_196.7871],
  [-1, 50, 0.4, 0, 50_796.8127],
  [1, 50, 100, 0, 49_379.2929],
  [-1, 50, 100, 0, 50_608.4158],
  [1, 25, 0.4, 0, 48_192.7711],
  [-1, 25, 0.4, 0, 51_792.8287],
  [1, 10, 0.4, 0, 45_180.7229],
  [-1, 10, 0.4, 0, 54_780.8765],
  [1, 25, 400, 0, 48_644.2602],
  [-1, 50, 0.998, 0, 50_796.1196],
  [1, 50, 1.01, 0, 49_196.7871],
  [1, 20, 0.4, 500, 46_435.743],
  [-1, 20, 0.4, 500, 53_535.8566],
  [1, 1, 0.4, 0, null],
  [-1, 1, 0.4, 0, 99_601.5936],
]

describe('liquidation level', () => {
  it.each(VECTORS)('sign %i, %ix, quantity %f, added %f → %f', (sign, leverage, quantity, added, expected) => {
    const level = liquidationLevel(sign, quantity, 50_000, (quantity * 50_000) / leverage + added, TIERS)
    if (expected === null) expect(level).toBeNaN()
    else expect(level).toBeCloseTo(expected, 4)
  })

  prop.prop([
    fc.constantFrom(1 as const, -1 as const),
    fc.integer({ min: 2, max: 100 }),
    fc.double({ min: 0.001, max: 1_500, noNaN: true }),
    fc.double({ min: 100, max: 60_000, noNaN: true }),
  ])(
    'is where equity equals maintenance margin, and where the bot’s own formula puts it',
    (sign, leverage, quantity, entry) => {
      const margin = (quantity * entry) / leverage
      const level = liquidationLevel(sign, quantity, entry, margin, TIERS)
      const equity = margin + sign * quantity * (level - entry)
      expect(equity / (quantity * entry)).toBeCloseTo(
        maintenanceMargin(quantity * level, TIERS) / (quantity * entry),
        10,
      )
      const theirs = liquidationPrice(sign > 0 ? 'LONG' : 'SHORT', entry, quantity, margin, TIERS)
      if (theirs !== null) expect(level / theirs).toBeCloseTo(1, 10)
    },
  )
})

describe('maintenance margin', () => {
  it('is continuous where brackets meet', () => {
    for (const tier of TIERS.slice(0, -1)) {
      expect(maintenanceMargin(tier.capUsd + 0.01, TIERS) - maintenanceMargin(tier.capUsd, TIERS)).toBeLessThan(0.001)
    }
    expect(maintenanceMargin(50_000, TIERS)).toBe(200)
    expect(maintenanceMargin(600_000, TIERS)).toBe(2_950)
  })
})

describe('leverage cap', () => {
  it('changes just above a bracket’s cap and ends with the table', () => {
    expect([50_000, 50_000.01, 100_000_000, 100_000_001].map((notional) => leverageCap(notional, TIERS))).toEqual([
      125, 100, 20, 0,
    ])
  })
})
