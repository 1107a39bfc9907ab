import type { Anchoring, Cluster, HeatmapHealth } from '../domain/cluster.ts'
import { distanceRatio } from '../domain/cluster.ts'
import { isoTime } from '../domain/time.ts'
import {
  distanceBand,
  leverageBand,
  openInterestBand,
  strengthBand,
  type DistanceBand,
  type LeverageBand,
  type OpenInterestBand,
  type StrengthBand,
} from '../heatmap/band.ts'
import { cascadeLadder } from '../heatmap/cascade-ladder.ts'
import { keyedInteger } from '../heatmap/keyed-draw.ts'
import { roundToTick } from '../strategy/tick.ts'
import type { Look } from './look.ts'

/** A cluster in the heatmap document's field names; below them our own. */
export interface LevelRow {
  readonly price_level: number
  readonly side: 'long' | 'short'
  readonly leverage_tier: number | null
  /** USD. */
  readonly open_interest: number | null
  /** Open interest in positions of `estimator.typical_notional_usd`. */
  readonly liquidation_count: number | null
  readonly strength: number | null
  /** Unsigned percent from the price to the level. */
  readonly distance_from_price: number
  readonly cluster_id: number
  readonly last_updated: string
  readonly active: boolean
  readonly firstSeen: string
  readonly lastSeen: string
  readonly id: string
  readonly price_low: number
  readonly price_high: number
  readonly state: Cluster['state']
  /** Unsigned percent from the price to the zone's near edge, which is what strategies measure. */
  readonly distance_to_zone: number
  readonly strength_band: StrengthBand | null
  readonly distance_band: DistanceBand
  readonly open_interest_band: OpenInterestBand | null
  readonly leverage_band: LeverageBand | null
}

export interface LevelTable {
  readonly symbol: string
  readonly current_price: number
  readonly time: string
  readonly source: Look['source']
  readonly modelled: true
  readonly health: HeatmapHealth
  readonly anchoring: Anchoring
  readonly total_clusters: number
  /** From the highest price to the lowest. */
  readonly clusters: readonly LevelRow[]
  /** Modelled notional in USD that a move of so many percent would liquidate. */
  readonly cascade: readonly { readonly move_pct: number; readonly down_usd: number; readonly up_usd: number }[]
  /** Clusters of unknown notional, which the cascade leaves out. */
  readonly cascade_unsized: number
}

const hundredths = (value: number): number => Math.round(value * 100) / 100

/** The live clusters of a look, and what moves of the price would liquidate. */
export function levelTable({ symbol, source, state, view, time, config }: Look): LevelTable {
  const { price } = view
  const zones = [...view.longClusters, ...view.shortClusters].toSorted((a, b) => b.priceMode - a.priceMode)
  // A level is no order price: one digit more than the tick.
  const shown = (value: number): number => roundToTick(value, view.instrument.tick / 10)
  const updated = state.snapshot?.asOf
  const clusters = zones.map((zone): LevelRow => {
    const { strength, notionalUsd, leverage } = zone
    const distance = distanceRatio(zone, price)
    return {
      price_level: shown(zone.priceMode),
      side: zone.side,
      leverage_tier: leverage === null ? null : hundredths(leverage),
      open_interest: notionalUsd === null ? null : hundredths(notionalUsd),
      liquidation_count: notionalUsd === null ? null : Math.round(notionalUsd / config.estimator.typicalNotionalUsd),
      strength: strength === null ? null : Math.round(strength * 10_000) / 10_000,
      distance_from_price: hundredths(Math.abs(zone.priceMode / price - 1) * 100),
      cluster_id: keyedInteger(0, zone.id),
      last_updated: isoTime(updated ?? zone.lastSeen),
      active: zone.active,
      firstSeen: isoTime(zone.firstSeen),
      lastSeen: isoTime(zone.lastSeen),
      id: zone.id,
      price_low: shown(zone.priceLow),
      price_high: shown(zone.priceHigh),
      state: zone.state,
      distance_to_zone: hundredths(distance * 100),
      strength_band: strength === null ? null : strengthBand(strength),
      distance_band: distanceBand(distance),
      open_interest_band: notionalUsd === null ? null : openInterestBand(notionalUsd),
      leverage_band: leverage === null ? null : leverageBand(leverage),
    }
  })
  const ladder = cascadeLadder(zones, price)
  return {
    symbol,
    current_price: price,
    time: isoTime(time),
    source,
    modelled: true,
    health: view.health,
    anchoring: view.anchoring,
    total_clusters: clusters.length,
    clusters,
    cascade: ladder.rungs.map(({ move, downUsd, upUsd }) => ({
      move_pct: hundredths(move * 100),
      down_usd: Math.round(downUsd),
      up_usd: Math.round(upUsd),
    })),
    cascade_unsized: ladder.unsized,
  }
}
