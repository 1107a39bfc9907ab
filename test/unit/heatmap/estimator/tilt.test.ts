import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../../../src/domain/time.ts'
import { tierSet } from '../../../../src/heatmap/estimator/tier-set.ts'
import { createTilt } from '../../../../src/heatmap/estimator/tilt.ts'
import { defaults, instrument } from './market.ts'

const tiers = tierSet({ ...defaults, leverageMix: { 10: 0.5, 100: 0.5 } }, instrument)
const BARS = 24

/** Shares after a day of alternating flow and one bar that takers bought whole. */
function sharesAfter(kappa: number): readonly number[] {
  const tilt = createTilt(kappa, tiers, DAY_MS / BARS)
  for (let i = 0; i < BARS; i++) tilt.update(100, i % 2 === 0 ? 45 : 55)
  tilt.update(100, 100)
  return [...tilt.shares]
}

describe('the tilt of the leverage mix', () => {
  it('leaves the mix alone at zero', () => {
    expect(sharesAfter(0)).toEqual([0.5, 0.5, 0.5, 0.5])
  })

  it('leans longs to higher and shorts to lower leverage when takers buy, at most by three deviations', () => {
    const [low, high, shortLow, shortHigh] = sharesAfter(0.1)
    expect(high! / low!).toBeCloseTo(10 ** 0.3, 12)
    expect(shortHigh! / shortLow!).toBeCloseTo(10 ** -0.3, 12)
    expect(low! + high!).toBeCloseTo(1, 12)
  })

  it('leans on nothing before a day is over or without figures', () => {
    const tilt = createTilt(0.1, tiers, DAY_MS / BARS)
    tilt.update(100, 45)
    tilt.update(100, 100)
    expect([...tilt.shares]).toEqual([0.5, 0.5, 0.5, 0.5])
    for (let i = 0; i < BARS; i++) tilt.update(100, i % 2 === 0 ? 45 : 55)
    tilt.update(100, 100)
    tilt.update(100, Number.NaN)
    expect([...tilt.shares]).toEqual([0.5, 0.5, 0.5, 0.5])
  })
})
