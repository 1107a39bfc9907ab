import { describe, expect, it } from 'vitest'
import { listedInstruments, listInstrument, marginTiers } from '../../../src/exchange/listing.ts'
import { maintenanceMargin } from '../../../src/exchange/margin.ts'

describe('the listing', () => {
  it('has the published brackets of BTCUSDT, deductions included', () => {
    expect(listInstrument('BTCUSDT', 0, Number.NaN).marginTiers.map((tier) => tier.deductionUsd)).toEqual([
      0, 50, 950, 11_450, 131_450, 481_450,
    ])
  })

  it('knows its instruments by dense indices and unified names', () => {
    expect(listedInstruments().map((each) => [each.index, each.unified, each.tick, each.lot])).toEqual([
      [0, 'BTC/USDT:USDT', 0.1, 0.001],
      [1, 'ETH/USDT:USDT', 0.01, 0.001],
      [2, 'SOL/USDT:USDT', 0.01, 0.01],
    ])
  })

  it('gives an unknown symbol steps that suit its price', () => {
    const steps = (price: number) => {
      const { tickSize, lotSize, minNotional } = listInstrument('FOOUSDT', 3, price)
      return [tickSize, lotSize, minNotional].map(String)
    }
    expect(steps(0.31)).toEqual(['0.00001', '10', '5'])
    expect(steps(1)).toEqual(['0.0001', '1', '5'])
    expect(steps(999.9)).toEqual(['0.01', '0.01', '5'])
    expect(steps(1_000)).toEqual(['0.1', '0.001', '5'])
  })

  it('refuses what it cannot list', () => {
    expect(() => listInstrument('FOOBAR', 0, 1)).toThrow(/quote currency/)
    expect(() => listInstrument('FOOUSDT', 0, Number.NaN)).toThrow(/reference price/)
    expect(() => listInstrument('FOOUSDT', 0, 0)).toThrow(/reference price/)
  })

  it('keeps every table continuous and rising', () => {
    for (const { marginTiers: tiers } of [...listedInstruments(), listInstrument('FOOUSDT', 3, 1)]) {
      for (const tier of tiers) {
        const line = tier.capUsd * tier.maintenanceRatio - tier.deductionUsd
        expect(maintenanceMargin(tier.capUsd, tiers)).toBeCloseTo(line, 6)
        expect(1 / tier.maxLeverage).toBeGreaterThan(tier.maintenanceRatio)
      }
    }
  })

  it('completes a table', () => {
    expect(
      marginTiers([
        [100, 0.01, 50],
        [1_000, 0.02, 20],
      ]),
    ).toEqual([
      { floorUsd: 0, capUsd: 100, maintenanceRatio: 0.01, deductionUsd: 0, maxLeverage: 50 },
      { floorUsd: 100, capUsd: 1_000, maintenanceRatio: 0.02, deductionUsd: 1, maxLeverage: 20 },
    ])
  })
})
