import { describe, expect, it } from 'vitest'
import { createZoneFinder } from '../../../../src/heatmap/estimator/zones.ts'

/** Zones as [low, mode, high]. */
function zonesOf(density: readonly number[], prominence = 0.25, cut = 0.5): readonly (readonly number[])[] {
  const finder = createZoneFinder(64, prominence, cut)
  finder.find(Float64Array.from(density), density.length)
  const { zones } = finder
  return Array.from({ length: zones.count }, (_, i) => [zones.low[i]!, zones.mode[i]!, zones.high[i]!])
}

describe('zones', () => {
  it('reach to where the density falls below the cut', () => {
    expect(zonesOf([0, 4, 5, 10, 5, 4.9, 0])).toEqual([[2, 3, 4]])
    expect(zonesOf([0, 4, 5, 10, 5, 4.9, 0], 0.25, 0.4)).toEqual([[1, 3, 5]])
  })

  it('end at the saddle, whose bin belongs to the zone below', () => {
    expect(zonesOf([0, 8, 6, 10, 0])).toEqual([
      [1, 1, 2],
      [3, 3, 3],
    ])
  })

  it('need a peak that stands out by a quarter of its own height', () => {
    expect(zonesOf([0, 8, 6, 10, 0])).toHaveLength(2)
    expect(zonesOf([0, 8, 6.01, 10, 0])).toEqual([[1, 3, 3]])
    // The right peak stands on the ridge of the higher left one, behind a lower peak between them.
    expect(zonesOf([0, 10, 7, 7.5, 7, 9, 0])).toEqual([[1, 1, 5]])
  })

  it('measure prominence down to the higher saddle', () => {
    // From 6 the way to higher ground leads over 1 (left) or 5 (right).
    expect(zonesOf([0, 9, 1, 6, 5, 9, 0]).map(([, mode]) => mode)).toEqual([1, 5])
    expect(zonesOf([0, 9, 1, 6, 4, 9, 0]).map(([, mode]) => mode)).toEqual([1, 3, 5])
  })

  it('take the lower of two equal peaks on one ridge', () => {
    expect(zonesOf([0, 8, 7, 8, 0]).map(([, mode]) => mode)).toEqual([1])
    expect(zonesOf([0, 8, 2, 8, 0]).map(([, mode]) => mode)).toEqual([1, 3])
  })

  it('begin and end with the histogram', () => {
    expect(zonesOf([5, 3, 0, 0, 2, 4])).toEqual([
      [0, 0, 1],
      [4, 5, 5],
    ])
    expect(zonesOf([5])).toEqual([[0, 0, 0]])
    expect(zonesOf([])).toEqual([])
    expect(zonesOf([0, 0, 0])).toEqual([])
  })

  it('take the first bin of a flat top', () => {
    expect(zonesOf([0, 4, 4, 4, 0])).toEqual([[1, 1, 3]])
  })
})
