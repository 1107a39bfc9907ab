import { describe, expect, it } from 'vitest'
import { cascadeLadder } from '../../../src/heatmap/cascade-ladder.ts'

const zone = (side: 'long' | 'short', priceLow: number, priceHigh: number, notionalUsd: number | null) => ({
  side,
  priceLow,
  priceHigh,
  notionalUsd,
})

describe('cascade ladder', () => {
  it('adds up what each move crosses, from the price outwards', () => {
    const { rungs, unsized } = cascadeLadder(
      [
        zone('long', 99.5, 99.5, 10),
        zone('long', 97, 99, 100),
        zone('long', 94.9, 94.9, 1_000),
        zone('short', 102, 102, 7),
        zone('short', 104, 106, 8),
        zone('short', 101, 101, null),
      ],
      100,
    )
    expect(rungs).toEqual([
      { move: 0.005, downUsd: 10, upUsd: 0 },
      { move: 0.01, downUsd: 10, upUsd: 0 },
      { move: 0.02, downUsd: 60, upUsd: 7 },
      { move: 0.05, downUsd: 110, upUsd: 11 },
    ])
    expect(unsized).toBe(1)
  })

  it('counts of a zone around the price only what lies ahead', () => {
    expect(cascadeLadder([zone('long', 98, 102, 40)], 100).rungs[3]).toEqual({ move: 0.05, downUsd: 20, upUsd: 0 })
  })
})
