import { describe, expect, it } from 'vitest'
import {
  costRatio,
  entryCostRatio,
  expectedFundingRatio,
  grossRiskReward,
  netRiskReward,
  stopSlippage,
  tradeCosts,
} from '../../../src/strategy/cost.ts'
import { configFrom, marketView } from './scene.ts'

describe('reward to risk', () => {
  it('is 0.39 for the example of the heatmap document, and 2.56 the wrong way round', () => {
    const gross = grossRiskReward(89_175.1, 87_386.99, 89_874.15)
    expect(gross).toBeCloseTo(699.05 / 1_788.11, 10)
    expect(gross.toFixed(2)).toBe('0.39')
    expect((1 / gross).toFixed(2)).toBe('2.56')
  })

  it('is the same for the mirrored trade', () => {
    expect(grossRiskReward(1_000, 990, 1_015)).toBe(1.5)
    expect(grossRiskReward(1_000, 1_010, 985)).toBe(1.5)
  })
})

describe('stop slippage', () => {
  it('is 10 bp of the stop, or 0.1 ATR where that is more', () => {
    expect(stopSlippage(1_000, 9.9)).toBe(1)
    expect(stopSlippage(1_000, 10.1)).toBeCloseTo(1.01, 12)
    expect(stopSlippage(1_000, Number.NaN)).toBe(1)
  })
})

describe('costs of an entry', () => {
  it('are taker fee and half spread, or the maker fee alone for a resting one', () => {
    expect(entryCostRatio(0.0001, configFrom({}))).toBeCloseTo(0.0006, 12)
    expect(entryCostRatio(0.0001, configFrom({ entry: { order_type: 'limit' } }))).toBeCloseTo(0.0002, 12)
  })

  it('count funding for every settlement of the longest holding, and only where it is paid', () => {
    const config = configFrom({})
    expect(expectedFundingRatio('LONG', 0.0001, config)).toBeCloseTo(0.0003, 12)
    expect(expectedFundingRatio('SHORT', 0.0001, config)).toBe(0)
    expect(expectedFundingRatio('SHORT', -0.0001, config)).toBeCloseTo(0.0003, 12)
    expect(expectedFundingRatio('LONG', Number.NaN, config)).toBe(0)
    expect(expectedFundingRatio('LONG', 0.0001, configFrom({ entry: { max_holding_hours: 12 } }))).toBeCloseTo(
      0.00015,
      12,
    )
  })
})

describe('trade costs', () => {
  const config = configFrom({})
  // Entry 1000: 5 bp fee + 1 bp half spread + 3 × 1 bp funding = 0.9.
  const view = marketView({ halfSpreadRatio: 0.0001, fundingRate: 0.0001, atr: 20 })

  it('add up by hand', () => {
    const costs = tradeCosts(view, 'LONG', 1_000, 980, 1_050, config)
    expect(costs.toTarget).toBeCloseTo(0.9 + 0.21, 10)
    expect(costs.toStop).toBeCloseTo(0.9 + 0.49 + 2, 10)
    expect(netRiskReward(1_000, 980, 1_050, costs)).toBeCloseTo((50 - 1.11) / (20 + 3.39), 10)
    expect(costRatio(1_000, 980, costs)).toBeCloseTo(3.39 / 23.39, 10)
  })

  it('never turn into an income', () => {
    const paid = configFrom({ simulation: { fee_maker_bp: -5, fee_taker_bp: 0 }, entry: { order_type: 'limit' } })
    expect(tradeCosts(marketView(), 'LONG', 1_000, 980, 1_050, paid).toTarget).toBe(0)
  })

  it('leave a reward that does not pay for the way negative', () => {
    const costs = tradeCosts(view, 'LONG', 1_000, 980, 1_001, config)
    expect(netRiskReward(1_000, 980, 1_001, costs)).toBeLessThan(0)
  })
})
