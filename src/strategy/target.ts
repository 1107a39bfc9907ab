import type { Config } from '../config/schema.ts'
import { nearEdge, type Cluster } from '../domain/cluster.ts'
import type { MarketView } from '../domain/market-view.ts'
import { sign, type Direction } from '../domain/side.ts'
import { ceilToTick, floorToTick } from './tick.ts'

type TargetConfig = Config['target']

export interface TargetPlacement {
  /** On the tick grid; NaN where there is none. */
  readonly price: number
  /** The zone the target stands at; `null` for one at a multiple of R. */
  readonly clusterId: string | null
}

/** Rounds a target to the tick grid, towards the entry: a target never moves into a zone by rounding. */
export const roundTarget = (direction: Direction, price: number, tick: number): number =>
  direction === 'LONG' ? floorToTick(price, tick) : ceilToTick(price, tick)

/** The live zones that lie ahead of a position, nearest first. */
export const zonesAhead = (view: MarketView, direction: Direction): readonly Cluster[] =>
  direction === 'LONG' ? view.shortClusters : view.longClusters

/** The nearest live zone ahead of at least this strength. */
export function nextZone(view: MarketView, direction: Direction, minStrength: number): Cluster | null {
  for (const zone of zonesAhead(view, direction)) {
    if (zone.strength !== null && zone.strength >= minStrength) return zone
  }
  return null
}

/**
 * A target at a zone's near edge: `before` it by `buffer_atr` ATR (at it without an ATR), `at` it, or `beyond` it by
 * `beyond_pct` of its price.
 */
export function targetAtZone(view: MarketView, direction: Direction, zone: Cluster, config: TargetConfig): number {
  const edge = nearEdge(zone)
  const s = sign(direction)
  const wanted = (): number => {
    switch (config.placement) {
      case 'before':
        return view.atr > 0 ? edge - s * config.bufferAtr * view.atr : edge
      case 'at':
        return edge
      case 'beyond':
        return edge * (1 + (s * config.beyondPct) / 100)
    }
  }
  return roundTarget(direction, wanted(), view.instrument.tick)
}

/** A target `multiple` stop distances away; NaN without a stop. */
export const targetAtR = (view: MarketView, direction: Direction, stop: number, multiple: number): number =>
  roundTarget(direction, view.price + sign(direction) * multiple * Math.abs(view.price - stop), view.instrument.tick)

/** At `zone` where there is one, but at most `maxR` stop distances away. */
export function cappedTarget(
  view: MarketView,
  direction: Direction,
  stop: number,
  zone: Cluster | null,
  maxR: number,
  config: TargetConfig,
): TargetPlacement {
  const cap = targetAtR(view, direction, stop, maxR)
  if (zone === null) return { price: cap, clusterId: null }
  const atZone = targetAtZone(view, direction, zone, config)
  return sign(direction) * (atZone - cap) > 0 ? { price: cap, clusterId: null } : { price: atZone, clusterId: zone.id }
}

/** At `zone` where its near edge lies between `minR` and `maxR` stop distances away, both included; else at `maxR`. */
export function windowedTarget(
  view: MarketView,
  direction: Direction,
  stop: number,
  zone: Cluster | null,
  window: { readonly minR: number; readonly maxR: number },
  config: TargetConfig,
): TargetPlacement {
  if (zone !== null) {
    const multiple = (sign(direction) * (nearEdge(zone) - view.price)) / Math.abs(view.price - stop)
    if (multiple >= window.minR && multiple <= window.maxR) {
      return { price: targetAtZone(view, direction, zone, config), clusterId: zone.id }
    }
  }
  return { price: targetAtR(view, direction, stop, window.maxR), clusterId: null }
}

/** The target that replaces `current`, or `null`: a target only ever comes nearer, and stays ahead of the price. */
export function nearerTarget(direction: Direction, current: number, proposed: number, price: number): number | null {
  const s = sign(direction)
  return s * (current - proposed) > 0 && s * (proposed - price) > 0 ? proposed : null
}
