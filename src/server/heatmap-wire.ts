import type { Cluster, OpenInterest } from '../domain/cluster.ts'
import { isoTime } from '../domain/time.ts'
import { keyedInteger } from '../heatmap/keyed-draw.ts'
import type { HeatmapView } from './heatmap-provider.ts'

/** A cluster in the document's field names, its zone and its states beside them. */
export interface WireCluster {
  readonly price_level: number
  readonly side: 'long' | 'short'
  readonly leverage_tier: number | null
  readonly open_interest: number | null
  readonly liquidation_count: number | null
  readonly strength: number
  readonly distance_from_price: number
  readonly cluster_id: number
  readonly last_updated: string
  readonly active: boolean
  readonly firstSeen: string
  readonly lastSeen: string
  readonly price_low: number
  readonly price_high: number
}

/** A cluster that can be told: ranked, and with a price to measure its distance from. */
type Ranked = Cluster & { readonly strength: number }

/** Unsigned percent from the price to the level; like everything on this wire not to the near edge. */
const distancePct = (cluster: Cluster, price: number): number => Math.abs(cluster.priceMode / price - 1) * 100

/** Clusters that pass both filters (inclusive), by price. Unranked ones have no strength to tell and are left out. */
export function matching(view: HeatmapView, minStrength: number, maxDistancePct: number): readonly Ranked[] {
  const { price } = view
  if (price === null) return []
  return view.clusters
    .filter((cluster): cluster is Ranked => cluster.strength !== null)
    .filter((cluster) => cluster.strength >= minStrength && distancePct(cluster, price) <= maxDistancePct)
    .toSorted((a, b) => a.priceMode - b.priceMode || (a.id < b.id ? -1 : 1))
}

/** The strongest, of equals the nearest. */
export function bestOf(view: HeatmapView, candidates: readonly Ranked[]): Ranked | undefined {
  const distance = (cluster: Cluster): number => distancePct(cluster, view.price ?? cluster.priceMode)
  return candidates.toSorted((a, b) => b.strength - a.strength || distance(a) - distance(b))[0]
}

export function wireCluster(cluster: Ranked, view: HeatmapView, typicalNotionalUsd: number): WireCluster {
  const { notionalUsd } = cluster
  return {
    price_level: cluster.priceMode,
    side: cluster.side,
    leverage_tier: cluster.leverage,
    open_interest: notionalUsd,
    liquidation_count: notionalUsd === null ? null : Math.round(notionalUsd / typicalNotionalUsd),
    strength: cluster.strength,
    distance_from_price: distancePct(cluster, view.price ?? cluster.priceMode),
    cluster_id: keyedInteger(0, cluster.id),
    last_updated: isoTime(view.asOf ?? cluster.lastSeen),
    active: cluster.active,
    firstSeen: isoTime(cluster.firstSeen),
    lastSeen: isoTime(cluster.lastSeen),
    price_low: cluster.priceLow,
    price_high: cluster.priceHigh,
  }
}

export const wireOpenInterest = (known: OpenInterest) => ({
  total_oi_usd: known.totalUsd,
  long_oi_usd: known.longUsd,
  short_oi_usd: known.shortUsd,
  long_short_ratio: known.ratio,
  ratio_kind: known.ratioKind,
})
