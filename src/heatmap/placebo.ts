import type { LevelSnapshot, LiquidationLevel } from '../domain/cluster.ts'
import { createGenerationMap } from '../domain/generation-map.ts'
import { createIdentity, type LevelIdentity } from './identity.ts'
import { keyedUniform } from './keyed-draw.ts'
import { compareLevels } from './level-order.ts'

/** Turns real levels into control levels; `price` and `atr` (price units) as of the snapshot. Its output carries ids. */
export type PlaceboTransform = (snapshot: LevelSnapshot, price: number, atr: number) => LevelSnapshot

/** Puts one level elsewhere, under another name; fixed at the birth of the cluster it belongs to. */
type Displacement = (level: LiquidationLevel, id: string | null, parentIds: readonly string[]) => LiquidationLevel

/** What is remembered of a cluster. Its new names are spelt once: a text put together anew has to be hashed anew. */
interface Displaced {
  readonly id: string
  /** `null`: dropped for good. */
  readonly move: Displacement | null
  /** The parents that the names were made of. */
  namedAfter: readonly string[]
  parentIds: readonly string[]
}

/** The so many clusters seen last are remembered. */
const REMEMBERED = 4_096
const MIN_JITTER_ATR = 0.5
const JITTER_SPAN_ATR = 1
const NO_PARENTS: readonly string[] = Object.freeze([])

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
  const displaced = createGenerationMap<string, Displaced>(REMEMBERED)

  function displacedOf(key: string, level: LiquidationLevel, price: number, atr: number): Displaced | undefined {
    const known = displaced.get(key)
    if (known !== undefined) return known
    const move = atBirth(key, level, price, atr)
    if (move === undefined) return undefined
    const born: Displaced = { id: prefix + key, move, namedAfter: NO_PARENTS, parentIds: NO_PARENTS }
    displaced.set(key, born)
    return born
  }

  function parentsOf(cluster: Displaced, { parentIds }: LiquidationLevel): readonly string[] {
    if (parentIds.length === 0) return NO_PARENTS
    if (cluster.namedAfter !== parentIds) {
      cluster.namedAfter = parentIds
      cluster.parentIds = parentIds.map((id) => prefix + id)
    }
    return cluster.parentIds
  }

  return (snapshot, price, atr) => {
    const keys = identity.keys(snapshot, price, atr)
    const levels: LiquidationLevel[] = []
    for (let i = 0; i < keys.length; i++) {
      const level = snapshot.levels[i]!
      const cluster = displacedOf(keys[i]!, level, price, atr)
      if (!cluster?.move) continue
      const moved = cluster.move(level, cluster.id, parentsOf(cluster, level))
      if (onItsSide(moved, price)) levels.push(moved)
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
    return (level, id, parentIds) => ({
      id,
      parentIds,
      side: level.side === 'long' ? 'short' : 'long',
      priceLow: square / level.priceHigh,
      priceMode: square / level.priceMode,
      priceHigh: square / level.priceLow,
      notionalUsd: level.notionalUsd,
      mass: level.mass,
      strength: level.strength,
      leverage: level.leverage,
    })
  })
}

/** Every cluster shifted by ±0.5 to 1.5 ATR of the time it was first seen, drawn by (seed, id) and fixed from then on. */
export function createJitter(seed: number, identity: LevelIdentity = createIdentity('source', 0)): PlaceboTransform {
  return createTransform('jitter:', identity, (key, first, price, atr) => {
    if (!(price > 0 && atr > 0)) return undefined
    const direction = keyedUniform(seed, `${key}|direction`) < 0.5 ? -1 : 1
    const shift = direction * atr * (MIN_JITTER_ATR + JITTER_SPAN_ATR * keyedUniform(seed, `${key}|size`))
    const move: Displacement = (level, id, parentIds) => ({
      id,
      parentIds,
      side: level.side,
      priceLow: level.priceLow + shift,
      priceMode: level.priceMode + shift,
      priceHigh: level.priceHigh + shift,
      notionalUsd: level.notionalUsd,
      mass: level.mass,
      strength: level.strength,
      leverage: level.leverage,
    })
    const born = move(first, first.id, first.parentIds)
    return born.priceLow > 0 && onItsSide(born, price) ? move : null
  })
}
