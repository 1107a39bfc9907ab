import type { LevelSnapshot, LiquidationLevel } from '../domain/cluster.ts'
import { createIdentity, type LevelIdentity } from './identity.ts'
import { keyedUniform } from './keyed-draw.ts'
import { compareLevels } from './level-order.ts'

/** Turns real levels into control levels; `price` and `atr` (price units) as of the snapshot. Its output carries ids. */
export type PlaceboTransform = (snapshot: LevelSnapshot, price: number, atr: number) => LevelSnapshot

/** Moves one level; fixed at the birth of the cluster it belongs to. */
type Displacement = (level: LiquidationLevel) => LiquidationLevel

/** Clusters remembered at once; the ones not seen for longest go first. */
const MAX_REMEMBERED = 4_096
const MIN_JITTER_ATR = 0.5
const JITTER_SPAN_ATR = 1

const onItsSide = (level: LiquidationLevel, price: number): boolean =>
  level.side === 'long' ? level.priceHigh < price : level.priceLow > price

/**
 * Applies to every cluster the displacement it got at birth. `null` at birth: dropped for good; `undefined`: cannot be
 * said yet.
 */
function createTransform(
  prefix: string,
  identity: LevelIdentity,
  atBirth: (key: string, level: LiquidationLevel, price: number, atr: number) => Displacement | null | undefined,
): PlaceboTransform {
  const displacements = new Map<string, Displacement | null>()

  function displacementOf(key: string, level: LiquidationLevel, price: number, atr: number): Displacement | null {
    const known = displacements.get(key)
    const displacement = known === undefined ? atBirth(key, level, price, atr) : known
    if (displacement === undefined) return null
    displacements.delete(key)
    displacements.set(key, displacement)
    return displacement
  }

  return (snapshot, price, atr) => {
    const keys = identity.keys(snapshot, price, atr)
    const levels: LiquidationLevel[] = []
    snapshot.levels.forEach((level, i) => {
      const key = keys[i]!
      const moved = displacementOf(key, level, price, atr)?.(level)
      if (moved === undefined || !onItsSide(moved, price)) return
      levels.push({ ...moved, id: prefix + key, parentIds: level.parentIds.map((id) => prefix + id) })
    })
    for (const key of displacements.keys()) {
      if (displacements.size <= MAX_REMEMBERED) break
      displacements.delete(key)
    }
    return { ...snapshot, source: prefix + snapshot.source, levels: levels.sort(compareLevels) }
  }
}

/**
 * Every cluster mirrored around the price at which it was first seen, at the same logarithmic distance, its side flipped;
 * the axis never moves after that.
 */
export function createMirror(identity: LevelIdentity = createIdentity('source', 0)): PlaceboTransform {
  return createTransform('mirror:', identity, (_key, _level, price) => {
    if (!(price > 0)) return undefined
    const square = price * price
    return (level) => ({
      ...level,
      side: level.side === 'long' ? 'short' : 'long',
      priceLow: square / level.priceHigh,
      priceMode: square / level.priceMode,
      priceHigh: square / level.priceLow,
    })
  })
}

/** Every cluster shifted by ±0.5 to 1.5 ATR of the time it was first seen, drawn by (seed, id) and fixed from then on. */
export function createJitter(seed: number, identity: LevelIdentity = createIdentity('source', 0)): PlaceboTransform {
  return createTransform('jitter:', identity, (key, first, price, atr) => {
    if (!(price > 0 && atr > 0)) return undefined
    const direction = keyedUniform(seed, `${key}|direction`) < 0.5 ? -1 : 1
    const shift = direction * atr * (MIN_JITTER_ATR + JITTER_SPAN_ATR * keyedUniform(seed, `${key}|size`))
    const move: Displacement = (level) => ({
      ...level,
      priceLow: level.priceLow + shift,
      priceMode: level.priceMode + shift,
      priceHigh: level.priceHigh + shift,
    })
    const born = move(first)
    return born.priceLow > 0 && onItsSide(born, price) ? move : null
  })
}
