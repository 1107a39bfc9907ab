import { describe, expect, it } from 'vitest'
import { createPremium, fundingRate } from '../../../../src/exchange/crowd/premium.ts'
import { defaultCrowdParameters } from '../../../../src/exchange/crowd/parameters.ts'

describe('funding rate', () => {
  it.each([
    // The damper holds the rate at the interest while the premium is within 0.05 % of it.
    [0.0001, 0.0001],
    [-0.0004, 0.0001],
    [0.0006, 0.0001],
    [-0.0006, -0.0001],
    [0.001, 0.0005],
    [0.02, 0.0075],
    [-0.02, -0.0075],
  ])('of a mean premium of %f is %f', (premium, rate) => {
    expect(fundingRate(premium)).toBeCloseTo(rate, 12)
  })

  it('is settled from the mean of the interval and starts afresh', () => {
    const premium = createPremium(1, 'BTCUSDT', { ...defaultCrowdParameters, premiumDeviation: 0 })
    premium.minute(0, 0, 0.001)
    premium.minute(1, 0, 0.003)
    expect(premium.settle()).toBeCloseTo(0.0015, 12)
    premium.minute(2, 0, -0.001)
    expect(premium.state.settled).toBeCloseTo(0.0015, 12)
    expect(premium.settle()).toBeCloseTo(-0.0005, 12)
  })
})
