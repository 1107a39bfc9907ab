import { describe, expect, it } from 'vitest'
import type { MarginTier } from '../../../src/domain/instrument.ts'
import { liquidationPrice, maxLeverageAt } from '../../../src/domain/liquidation.ts'
import type { Direction } from '../../../src/domain/side.ts'

const tier = (
  floorUsd: number,
  capUsd: number,
  maintenanceRatio: number,
  deductionUsd: number,
  maxLeverage: number,
): MarginTier => ({
  floorUsd,
  capUsd,
  maintenanceRatio,
  deductionUsd,
  maxLeverage,
})
/** BTCUSDT as of October 2024. */
const tiers = [
  tier(0, 50_000, 0.004, 0, 125),
  tier(50_000, 600_000, 0.005, 50, 100),
  tier(600_000, 3_000_000, 0.0065, 950, 75),
  tier(3_000_000, 12_000_000, 0.01, 11_450, 50),
  tier(12_000_000, 70_000_000, 0.02, 131_450, 25),
  tier(70_000_000, 100_000_000, 0.025, 481_450, 20),
]
const ENTRY = 50_000

interface Row {
  readonly direction: Direction
  readonly leverage: number
  readonly quantity: number
  readonly added: number
  readonly price: string | null
}
const row = (direction: Direction, leverage: number, quantity: number, added: number, price: string | null): Row => ({
  direction,
  leverage,
  quantity,
  added,
  price,
})
const rows: readonly Row[] = [
  row('LONG', 125, 0.4, 0, '49799.1968'),
  row('SHORT', 125, 0.4, 0, '50199.2032'),
  row('LONG', 100, 2, 0, '49723.6181'),
  row('SHORT', 100, 2, 0, '50273.6318'),
  row('LONG', 50, 0.4, 0, '49196.7871'),
  row('SHORT', 50, 0.4, 0, '50796.8127'),
  row('LONG', 50, 100, 0, '49379.2929'),
  row('SHORT', 50, 100, 0, '50608.4158'),
  row('LONG', 25, 0.4, 0, '48192.7711'),
  row('SHORT', 25, 0.4, 0, '51792.8287'),
  row('LONG', 10, 0.4, 0, '45180.7229'),
  row('SHORT', 10, 0.4, 0, '54780.8765'),
  row('LONG', 25, 400, 0, '48644.2602'),
  // The bracket is that of the notional at liquidation, not at entry.
  row('SHORT', 50, 0.998, 0, '50796.1196'),
  row('LONG', 50, 1.01, 0, '49196.7871'),
  row('LONG', 20, 0.4, 500, '46435.7430'),
  row('SHORT', 20, 0.4, 500, '53535.8566'),
  row('LONG', 1, 0.4, 0, null),
  row('SHORT', 1, 0.4, 0, '99601.5936'),
]

describe('liquidationPrice', () => {
  it.each(rows)(
    '$direction $leverage× of $quantity with $added added: $price',
    ({ direction, leverage, quantity, added, price }) => {
      const margin = (quantity * ENTRY) / leverage + added
      const found = liquidationPrice(direction, ENTRY, quantity, margin, tiers)
      expect(found === null ? null : found.toFixed(4)).toBe(price)
    },
  )

  it('leaves equity equal to maintenance margin', () => {
    for (const { direction, leverage, quantity, added, price } of rows) {
      if (price === null) continue
      const margin = (quantity * ENTRY) / leverage + added
      const found = liquidationPrice(direction, ENTRY, quantity, margin, tiers) ?? Number.NaN
      const bracket = tiers.find((t) => quantity * found > t.floorUsd && quantity * found <= t.capUsd)!
      const equity = margin + (direction === 'LONG' ? 1 : -1) * quantity * (found - ENTRY)
      expect(equity).toBeCloseTo(quantity * found * bracket.maintenanceRatio - bracket.deductionUsd, 5)
    }
  })
})

describe('maxLeverageAt', () => {
  it('takes the bracket that holds the entry notional, cap included', () => {
    expect(maxLeverageAt(50_000, tiers)).toBe(125)
    expect(maxLeverageAt(50_000.01, tiers)).toBe(100)
    expect(maxLeverageAt(100_000_001, tiers)).toBe(0)
  })
})
