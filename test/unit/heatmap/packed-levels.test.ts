import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LiquidationLevel } from '../../../src/domain/cluster.ts'
import { packLevels, unpackLevels } from '../../../src/heatmap/packed-levels.ts'

const figure = fc.double({ noNaN: true })
const unknownOr = fc.option(figure, { nil: null })
const level: fc.Arbitrary<LiquidationLevel> = fc.record({
  id: fc.option(fc.string(), { nil: null }),
  parentIds: fc.array(fc.string(), { maxLength: 2 }),
  side: fc.constantFrom('long', 'short'),
  priceLow: figure,
  priceMode: figure,
  priceHigh: figure,
  notionalUsd: unknownOr,
  mass: unknownOr,
  strength: unknownOr,
  leverage: unknownOr,
})

describe('packed levels', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(fc.array(level), (levels) => {
        expect(unpackLevels(packLevels(levels))).toEqual(levels)
      }),
    )
  })
})
