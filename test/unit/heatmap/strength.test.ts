import { describe, expect, it } from 'vitest'
import { createStrengthRanking, distanceBand } from '../../../src/heatmap/strength.ts'

describe('distanceBand', () => {
  it('is closed below and open above', () => {
    expect([0, 0.999, 1, 2.999, 3, 5.999, 6, 100].map(distanceBand)).toEqual([0, 0, 1, 1, 2, 2, 3, 3])
  })
})

describe('strength', () => {
  it('is the mid-rank percentile of the band', () => {
    const ranking = createStrengthRanking(1_000, 4)
    for (const mass of [1, 2, 2, 3]) ranking.observe(1, mass, 0)
    expect([0.5, 1, 2, 2.5, 3, 9].map((mass) => ranking.strength(1, mass))).toEqual([0, 0.125, 0.5, 0.75, 0.875, 1])
    expect(ranking.strength(0, 2)).toBeNull()
  })

  it('is null until there are enough observations', () => {
    const ranking = createStrengthRanking(1_000, 3)
    ranking.observe(0, 1, 0)
    ranking.observe(0, 2, 0)
    expect(ranking.strength(0, 1)).toBeNull()
    ranking.observe(0, 3, 0)
    expect(ranking.strength(0, 3)).toBeCloseTo(2.5 / 3, 12)
  })

  it('forgets what is older than the window, and keeps what is exactly as old', () => {
    const ranking = createStrengthRanking(100, 1)
    ranking.observe(0, 1, 10)
    ranking.observe(0, 5, 20)
    ranking.forget(110)
    expect(ranking.strength(0, 3)).toBe(0.5)
    ranking.forget(111)
    expect(ranking.strength(0, 3)).toBe(0)
    ranking.forget(121)
    expect(ranking.strength(0, 3)).toBeNull()
  })
})
