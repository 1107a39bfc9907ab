import { describe, expect, it } from 'vitest'
import { barSpacing, gapsOf, offGrid } from '../../../../src/adapter/history/grid.ts'

const times = (...values: readonly number[]): Float64Array => Float64Array.from(values)

describe('barSpacing', () => {
  it('is the most common difference', () => {
    expect(barSpacing(times(0, 60, 120, 300, 360))).toBe(60)
    expect(barSpacing(times(0, 300, 360, 420))).toBe(60)
    expect(barSpacing(times(0, 300, 360, 660, 960))).toBe(300)
  })

  it('is the smaller one on a tie', () => {
    expect(barSpacing(times(0, 120, 180))).toBe(60)
    expect(barSpacing(times(0, 60, 180))).toBe(60)
  })
})

describe('offGrid', () => {
  it('finds the times that are not where most are, the first included', () => {
    expect(offGrid(times(0, 60, 180, 240), 60, 5)).toEqual([])
    expect(offGrid(times(0, 60, 130, 180), 60, 5)).toEqual([2])
    expect(offGrid(times(10, 60, 120, 180), 60, 5)).toEqual([0])
  })

  it('stops at the limit', () => {
    expect(offGrid(times(0, 60, 120, 121, 180, 182, 240, 243), 60, 2)).toEqual([3, 5])
  })
})

describe('gapsOf', () => {
  it('counts the missing bars', () => {
    expect(gapsOf(times(0, 60, 120), 60)).toEqual([])
    expect(gapsOf(times(0, 120, 180, 360), 60)).toEqual([
      { from: 60, to: 120, bars: 1 },
      { from: 240, to: 360, bars: 2 },
    ])
  })
})
