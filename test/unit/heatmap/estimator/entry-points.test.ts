import { describe, expect, it } from 'vitest'
import { createEntryPoints, entryMode, placeEntries } from '../../../../src/heatmap/estimator/entry-points.ts'

describe('entryMode', () => {
  it('gives the triangle the average price as its mean', () => {
    // Average 103: 3 · 103 − 100 − 110 = 99, below the range; average 105: 105; average 109: 117, above it.
    expect(entryMode(100, 110, 101, 2, 210)).toBe(105)
    expect(entryMode(100, 110, 101, 2, 206)).toBe(100)
    expect(entryMode(100, 110, 101, 2, 218)).toBe(110)
  })

  it('falls back to the mean of high, low and close', () => {
    expect(entryMode(100, 110, 106, 2, Number.NaN)).toBeCloseTo(106, 12)
    expect(entryMode(100, 110, 106, 0, 0)).toBeCloseTo(106, 12)
  })
})

describe('placeEntries', () => {
  const weights = (low: number, high: number, mode: number): readonly number[] => {
    const points = createEntryPoints()
    placeEntries(points, low, high, mode, 0, 8)
    return Array.from({ length: points.count }, (_, i) => points.below[i + 1]! - points.below[i]!)
  }

  it('puts a flat bar in one place', () => {
    const points = createEntryPoints()
    placeEntries(points, 100, 100, 100, 7.5, 7.5)
    expect([points.count, points.place[0], points.below[0], points.below[1]]).toEqual([1, 7.5, 0, 1])
  })

  it('puts a range of two units in the last place in one place too', () => {
    // No price lies between the ends and the mode, so that every point would weigh nothing.
    const low = 50_000 - 2 ** -36
    expect(low).toBeLessThan(50_000 - 2 ** -37)
    expect(weights(low, 50_000, 50_000 - 2 ** -37)).toEqual([1])
  })

  it('rises and falls in a straight line, without the two ends', () => {
    // A range so small that log-equal points are equal points: 1 2 3 4 3 2 1 sixteenths.
    const found = weights(1, 1.000001, 1.0000005)
    expect(found).toHaveLength(7)
    found.forEach((weight, i) => expect(weight).toBeCloseTo([1, 2, 3, 4, 3, 2, 1][i]! / 16, 5))
    const points = createEntryPoints()
    placeEntries(points, 1, 1.000001, 1.0000005, 40, 48)
    expect([points.place[0], points.place[1]]).toEqual([41, 1])
  })

  it('keeps the end that is the mode', () => {
    const falling = weights(1, 1.000001, 1)
    expect(falling).toHaveLength(8)
    falling.forEach((weight, i) => expect(weight).toBeCloseTo((8 - i) / 36, 5))
    const rising = weights(1, 1.000001, 1.000001)
    expect(rising).toHaveLength(8)
    rising.forEach((weight, i) => expect(weight).toBeCloseTo((i + 1) / 36, 5))
  })
})
