import { describe, expect, it } from 'vitest'
import { crowdInstruments } from '../../../../src/exchange/crowd/instruments.ts'
import { isolatedLiquidation } from '../../../../src/exchange/crowd/isolated-liquidation.ts'

const tiers = crowdInstruments(['BTCUSDT'])[0]!.marginTiers

describe('isolated liquidation price, entry 50,000', () => {
  // Every figure satisfies equity = maintenance margin exactly (rational arithmetic).
  it.each([
    [1, 125, 0.4, 0, 49_799.1968],
    [-1, 125, 0.4, 0, 50_199.2032],
    [1, 100, 2, 0, 49_723.6181],
    [-1, 100, 2, 0, 50_273.6318],
    [1, 50, 100, 0, 49_379.2929],
    [-1, 50, 100, 0, 50_608.4158],
    [1, 10, 0.4, 0, 45_180.7229],
    [1, 25, 400, 0, 48_644.2602],
    [-1, 50, 0.998, 0, 50_796.1196],
    [1, 50, 1.01, 0, 49_196.7871],
    [1, 20, 0.4, 500, 46_435.743],
    [-1, 20, 0.4, 500, 53_535.8566],
    [-1, 1, 0.4, 0, 99_601.5936],
  ])('side %d, %dx, quantity %f, added %f: %f', (sign, leverage, quantity, added, expected) => {
    const margin = (quantity * 50_000) / leverage + added
    expect(isolatedLiquidation(sign, 50_000, quantity, margin, tiers)).toBeCloseTo(expected, 4)
  })

  it('is NaN for a long that its whole notional backs', () => {
    expect(isolatedLiquidation(1, 50_000, 0.4, 20_000, tiers)).toBeNaN()
  })
})

describe('crowd instruments', () => {
  it('have the deductions that keep maintenance margin continuous', () => {
    expect(tiers.map((t) => t.deductionUsd)).toEqual([0, 50, 950, 11_450, 131_450, 481_450])
  })
  it('are indexed in the order asked for', () => {
    expect(crowdInstruments(['SOLUSDT', 'BTCUSDT']).map((i) => [i.index, i.unified])).toEqual([
      [0, 'SOL/USDT:USDT'],
      [1, 'BTC/USDT:USDT'],
    ])
  })
  it('are refused for an unknown symbol', () => {
    expect(() => crowdInstruments(['DOGEUSDT'])).toThrow(RangeError)
  })
})
