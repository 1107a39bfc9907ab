import type { Config } from '../config/schema.ts'
import type { Cluster } from '../domain/cluster.ts'
import type { MarketView } from '../domain/market-view.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { sign, type Direction } from '../domain/side.ts'
import { ceilToTick, floorToTick } from './tick.ts'
import { percentText, priceText } from './wording.ts'

type StopConfig = Config['stop']

const MIN_BUFFER_TICKS = 2

/** Where a stop stands, or why it cannot stand anywhere. */
export interface StopPlacement {
  /** On the tick grid; NaN where there is none. */
  readonly price: number
  readonly flags: readonly string[]
  readonly refusals: readonly Refusal[]
}

const unplaced = (reason: Refusal): StopPlacement => ({ price: Number.NaN, flags: [], refusals: [reason] })

/** There is neither a range to stand off by nor leave to do without. */
export const noAtrStop = (): StopPlacement =>
  unplaced(refusal('NO_ATR', 'no average true range yet, so no distance for a stop', { atr: null }))

/** Nothing to put a stop behind. */
export const noStop = (message: string): StopPlacement => unplaced(refusal('NO_STOP', message))

/** The edge of a zone that a stop of this direction must clear: the lower one for LONG, the upper one for SHORT. */
export const adverseEdge = (direction: Direction, zone: { priceLow: number; priceHigh: number }): number =>
  direction === 'LONG' ? zone.priceLow : zone.priceHigh

/**
 * How far beyond a zone a stop stands, in price units: max(`buffer_atr` ATR, 2 ticks, half spread). Without an ATR
 * `no_atr_buffer_pct` of the price stands in; NaN where that is off too.
 */
export function stopBuffer(view: MarketView, config: StopConfig): number {
  const floor = Math.max(MIN_BUFFER_TICKS * view.instrument.tick, view.halfSpreadRatio * view.price)
  if (view.atr > 0) return Math.max(config.bufferAtr * view.atr, floor)
  return config.noAtrBufferPct === null ? Number.NaN : Math.max((config.noAtrBufferPct / 100) * view.price, floor)
}

/** Rounds a stop to the tick grid, away from the entry: a stop never comes nearer to a zone by rounding. */
export const roundStop = (direction: Direction, price: number, tick: number): number =>
  direction === 'LONG' ? floorToTick(price, tick) : ceilToTick(price, tick)

function zoneAround(clusters: readonly Cluster[], price: number, minStrength: number): Cluster | null {
  for (const c of clusters) {
    if (c.strength !== null && c.strength >= minStrength && c.priceLow <= price && price <= c.priceHigh) return c
  }
  return null
}

const liveZoneAround = (view: MarketView, price: number, minStrength: number): Cluster | null =>
  zoneAround(view.longClusters, price, minStrength) ?? zoneAround(view.shortClusters, price, minStrength)

function tooFar(view: MarketView, price: number, config: StopConfig): Refusal | null {
  const distance = Math.abs(view.price - price)
  const byPercent = (config.maxDistancePct / 100) * view.price
  const byAtr = config.maxDistanceAtr !== null && view.atr > 0 ? config.maxDistanceAtr * view.atr : byPercent
  const limit = Math.min(byPercent, byAtr)
  if (distance <= limit) return null
  return refusal(
    'STOP_TOO_FAR',
    `stop ${percentText(distance / view.price)} away, at most ${percentText(limit / view.price)}`,
    { stop: price, distance, limit },
  )
}

/**
 * Makes a wanted stop a placed one: on the tick grid, outside every live zone of `avoid_strength` (it moves beyond one
 * such zone, not beyond two), at most `max_distance` away.
 * @param raw wanted price, before rounding
 * @param buffer distance to keep from a zone; see `stopBuffer`
 */
export function settleStop(
  view: MarketView,
  direction: Direction,
  raw: number,
  buffer: number,
  config: StopConfig,
  flags: readonly string[] = [],
): StopPlacement {
  const { tick } = view.instrument
  const carried = view.atr > 0 ? flags : [...flags, 'no_atr']
  let price = roundStop(direction, raw, tick)
  let moved = carried
  const zone = liveZoneAround(view, price, config.avoidStrength)
  if (zone) {
    price = roundStop(direction, adverseEdge(direction, zone) - sign(direction) * buffer, tick)
    moved = [...carried, 'stop_beyond_second_zone']
    const second = liveZoneAround(view, price, config.avoidStrength)
    if (second) {
      return noStop(
        `behind the zone at ${priceText(zone.priceMode)} the stop stands in another one at ${priceText(second.priceMode)}`,
      )
    }
  }
  const refused = tooFar(view, price, config)
  return { price, flags: moved, refusals: refused ? [refused] : [] }
}

/** A stop beyond the adverse edge of `zone` by the buffer. */
export function stopBeyondZone(
  view: MarketView,
  direction: Direction,
  zone: { readonly priceLow: number; readonly priceHigh: number },
  config: StopConfig,
): StopPlacement {
  const buffer = stopBuffer(view, config)
  if (Number.isNaN(buffer)) return noAtrStop()
  return settleStop(view, direction, adverseEdge(direction, zone) - sign(direction) * buffer, buffer, config)
}
