import { nearEdge, type Cluster, type LiquidationLevel } from '../domain/cluster.ts'
import type { EpochMs } from '../domain/unit.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** What a cluster's size is measured by, settled at its birth: the best figure its source gives. */
type Measure = 'mass' | 'notionalUsd' | 'strength' | 'none'

/** A cluster with what the state machine remembers about it. */
export interface Tracked {
  readonly cluster: Mutable<Cluster>
  readonly measure: Measure
  size: number
  peakSize: number
  /** Size when it was last touched; NaN before that. */
  touchSize: number
  /** Near edge when it was last touched: a zone that shrinks away from the price is no retreat of the price. */
  touchEdge: number
  /** Price at which a touch counts as rejected. */
  retreatAt: number
  /** Consecutive snapshots without it. */
  missing: number
  generation: number
  /** The state to return to when the inputs recover. */
  before: 'active' | 'touched'
}

const RETREAT_ATR = 0.25
const LEFT_RATIO = 0.2

const measureOf = (level: LiquidationLevel): Measure => {
  if (level.mass !== null) return 'mass'
  if (level.notionalUsd !== null) return 'notionalUsd'
  return level.strength === null ? 'none' : 'strength'
}

export function bear(id: string, level: LiquidationLevel, time: EpochMs, generation: number): Tracked {
  const measure = measureOf(level)
  const size = measure === 'none' ? Number.NaN : (level[measure] ?? Number.NaN)
  const cluster: Mutable<Cluster> = {
    id,
    side: level.side,
    priceLow: level.priceLow,
    priceMode: level.priceMode,
    priceHigh: level.priceHigh,
    notionalUsd: level.notionalUsd,
    mass: level.mass,
    strength: level.strength,
    leverage: level.leverage,
    state: 'active',
    active: true,
    firstSeen: time,
    lastSeen: time,
    touchCount: 0,
  }
  return {
    cluster,
    measure,
    size,
    peakSize: size,
    touchSize: Number.NaN,
    touchEdge: Number.NaN,
    retreatAt: Number.NaN,
    missing: 0,
    generation,
    before: 'active',
  }
}

/** Takes over what a new snapshot says. A figure that is suddenly missing leaves the size as it was: unknown is not gone. */
export function update(tracked: Tracked, level: LiquidationLevel, time: EpochMs): void {
  const { cluster, measure } = tracked
  cluster.priceLow = level.priceLow
  cluster.priceMode = level.priceMode
  cluster.priceHigh = level.priceHigh
  cluster.notionalUsd = level.notionalUsd
  cluster.mass = level.mass
  cluster.strength = level.strength
  cluster.leverage = level.leverage
  cluster.lastSeen = time
  tracked.missing = 0
  if (measure === 'none') return
  tracked.size = level[measure] ?? tracked.size
  if (tracked.size > tracked.peakSize) tracked.peakSize = tracked.size
}

/** Sets the price at which the touch is over: 0.25 ATR back out of the zone. Without an ATR it is never over. */
export function setRetreat(tracked: Tracked, atr: number): void {
  const { cluster } = tracked
  const away = atr > 0 ? RETREAT_ATR * atr : Number.POSITIVE_INFINITY
  tracked.retreatAt =
    cluster.side === 'long'
      ? Math.max(tracked.touchEdge, cluster.priceHigh) + away
      : Math.min(tracked.touchEdge, cluster.priceLow) - away
}

export function touch(tracked: Tracked, time: EpochMs, atr: number): void {
  const { cluster } = tracked
  cluster.state = 'touched'
  cluster.lastSeen = time
  tracked.touchSize = tracked.size
  tracked.touchEdge = nearEdge(cluster)
  setRetreat(tracked, atr)
}

export function reject(tracked: Tracked, time: EpochMs): void {
  const { cluster } = tracked
  cluster.state = 'active'
  cluster.lastSeen = time
  cluster.touchCount++
}

/**
 * Why a cluster is used up without having been crossed, or `null`: at most 20 % of what was there at the touch is left
 * (`consumed`), or less than 20 % of its peak (`mass`). As this is asked at every snapshot, a cluster that is still
 * live always has the fifth left that a rejection asks for.
 */
export function usedUp(tracked: Tracked): 'consumed' | 'mass' | null {
  if (tracked.size <= LEFT_RATIO * tracked.touchSize) return 'consumed'
  return tracked.size < LEFT_RATIO * tracked.peakSize ? 'mass' : null
}
