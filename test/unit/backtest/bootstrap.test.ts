import { describe, expect, it } from 'vitest'
import { differenceInterval, meanInterval } from '../../../src/backtest/bootstrap.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { day } from './build.ts'

const outcomes = (...r: readonly number[]) => r.map((value, n) => ({ entryTime: day(n), r: value }))
const mixed = outcomes(1, -1, 2, -0.5, 0.3, 1.5, -1, 0.8, -1, 2.2, 0.1, -0.4)

describe('meanInterval', () => {
  it('is the same for the same seed, and holds the mean', () => {
    const first = meanInterval(mixed, 7)!
    expect(meanInterval(mixed, 7)).toEqual(first)
    const average = 4 / 12
    expect(first.low).toBeLessThan(average)
    expect(first.high).toBeGreaterThan(average)
  })

  it('has no width where all days are alike', () => {
    expect(meanInterval(outcomes(...Array.from({ length: 10 }, () => 0.5)), 1)).toEqual({ low: 0.5, high: 0.5 })
  })

  it('says nothing below ten days with trades, however many trades they hold', () => {
    expect(meanInterval(outcomes(...Array.from({ length: 9 }, () => 1)), 1)).toBeNull()
    const crowded = Array.from({ length: 90 }, (_, n) => ({ entryTime: day(n % 9), r: n }))
    expect(meanInterval(crowded, 1)).toBeNull()
  })

  it('draws whole days: trades of one day that cancel out leave no spread', () => {
    const pairs = Array.from({ length: 20 }, (_, n) => ({
      entryTime: epochMs(day(n >> 1) + (n % 2) * 3_600_000),
      r: n % 2 === 0 ? 1 : -1,
    }))
    expect(meanInterval(pairs, 1)).toEqual({ low: 0, high: 0 })
  })
})

describe('differenceInterval', () => {
  it('cancels what both runs share on the same days', () => {
    const better = mixed.map((o) => ({ ...o, r: o.r + 0.25 }))
    const interval = differenceInterval(better, mixed, 3)!
    expect(interval.low).toBeCloseTo(0.25, 12)
    expect(interval.high).toBeCloseTo(0.25, 12)
  })

  it('says nothing when either side has fewer than ten days', () => {
    expect(differenceInterval(mixed, mixed.slice(0, 9), 3)).toBeNull()
    expect(differenceInterval(mixed.slice(0, 9), mixed, 3)).toBeNull()
  })
})
