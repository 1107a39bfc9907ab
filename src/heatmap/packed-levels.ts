import type { LiquidationLevel } from '../domain/cluster.ts'

/** The levels of a snapshot in a third of the memory, for those that are kept by the ten thousand. */
export interface PackedLevels {
  /** `FIGURES` a level; NaN: `null`. */
  readonly figures: Float64Array
  readonly ids: readonly (string | null)[]
  readonly parentIds: readonly (readonly string[])[]
  readonly sides: readonly LiquidationLevel['side'][]
}

const FIGURES = 7

const known = (figure: number): number | null => (figure === figure ? figure : null)

export function packLevels(levels: readonly LiquidationLevel[]): PackedLevels {
  const figures = new Float64Array(FIGURES * levels.length)
  levels.forEach((level, i) => {
    const at = FIGURES * i
    figures[at] = level.priceLow
    figures[at + 1] = level.priceMode
    figures[at + 2] = level.priceHigh
    figures[at + 3] = level.notionalUsd ?? Number.NaN
    figures[at + 4] = level.mass ?? Number.NaN
    figures[at + 5] = level.strength ?? Number.NaN
    figures[at + 6] = level.leverage ?? Number.NaN
  })
  return {
    figures,
    ids: levels.map((level) => level.id),
    parentIds: levels.map((level) => level.parentIds),
    sides: levels.map((level) => level.side),
  }
}

/** The levels that were packed, as new objects. */
export function unpackLevels({ figures, ids, parentIds, sides }: PackedLevels): LiquidationLevel[] {
  const levels: LiquidationLevel[] = []
  for (let i = 0; i < ids.length; i++) {
    const at = FIGURES * i
    levels.push({
      id: ids[i]!,
      parentIds: parentIds[i]!,
      side: sides[i]!,
      priceLow: figures[at]!,
      priceMode: figures[at + 1]!,
      priceHigh: figures[at + 2]!,
      notionalUsd: known(figures[at + 3]!),
      mass: known(figures[at + 4]!),
      strength: known(figures[at + 5]!),
      leverage: known(figures[at + 6]!),
    })
  }
  return levels
}
