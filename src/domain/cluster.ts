import type { ClusterSide } from './side.ts'
import type { EpochMs } from './unit.ts'

/** One modelled liquidation zone of one side as a source published it. `priceLow ≤ priceMode ≤ priceHigh`. */
export interface LiquidationLevel {
  /** The source's stable identity (estimator); `null` where the source has none worth keeping. */
  readonly id: string | null
  readonly parentIds: readonly string[]
  readonly side: ClusterSide
  readonly priceLow: number
  readonly priceMode: number
  readonly priceHigh: number
  /** `null` when the source gives none or only a relative size. */
  readonly notionalUsd: number | null
  /** In contracts (base units); `null` for external sources. */
  readonly mass: number | null
  /** Relative size in [0, 1], never a probability; `null` while there is too little history to rank it. */
  readonly strength: number | null
  readonly leverage: number | null
}

export type RatioKind = 'book_imbalance' | 'account' | 'top_position' | 'taker' | 'unknown'

/**
 * No contract has so much open interest, and no zone of one: all crypto futures together hold some 0.2 trillion dollars
 * (end of 2025). What claims more is no figure.
 */
export const MAX_OPEN_INTEREST_USD = 1e13

/** Open interest and positioning of a symbol; `null` = not known. */
export interface OpenInterest {
  readonly asOf: EpochMs
  readonly totalUsd: number | null
  readonly longUsd: number | null
  readonly shortUsd: number | null
  readonly ratio: number | null
  readonly ratioKind: RatioKind
}

export type QuarantineCode =
  | 'BAD_SCHEMA'
  | 'NON_FINITE'
  | 'NON_POSITIVE'
  | 'STRENGTH_RANGE'
  | 'SIDE_LOCATION'
  | 'DISTANCE_MISMATCH'
  | 'OUT_OF_RANGE'
  | 'TIER_UNKNOWN'
  | 'MERGED_SIDES'
  | 'SPELLING_CONFLICT'
  | 'DUPLICATE'
  | 'NOTIONAL_OUTLIER'

/** What one publication of a heatmap said, after the door: immutable, in canonical order (side, mode, leverage). */
export interface LevelSnapshot {
  /** Adapter id and version, e.g. `heatmap-http@1`, `estimator@1`. */
  readonly source: string
  readonly symbol: string
  readonly sequence: number
  readonly asOf: EpochMs
  /** When the bot could know it. */
  readonly receivedAt: EpochMs
  /** The source's own update interval and publication lag, for the freshness gate. */
  readonly intervalMs: number
  readonly lagMs: number
  /** The provider's price; informational, checked against ours. */
  readonly referencePrice: number | null
  readonly levels: readonly LiquidationLevel[]
  readonly quarantined: readonly { readonly code: QuarantineCode; readonly count: number }[]
  readonly openInterest: OpenInterest | null
  /** Of the raw bytes; `null` for our own estimator. */
  readonly sha256: string | null
}

export type ClusterState = 'active' | 'touched' | 'broken' | 'expired' | 'stale'

/** A tracked zone: one identity across publications. The object is the tracker's; readers never keep it across events. */
export interface Cluster {
  readonly id: string
  readonly side: ClusterSide
  readonly priceLow: number
  readonly priceMode: number
  readonly priceHigh: number
  readonly notionalUsd: number | null
  readonly mass: number | null
  readonly strength: number | null
  readonly leverage: number | null
  readonly state: ClusterState
  /** True while active or touched (the document's `active`). */
  readonly active: boolean
  readonly firstSeen: EpochMs
  readonly lastSeen: EpochMs
  readonly touchCount: number
}

export type TransitionKind = 'born' | 'touched' | 'rejected' | 'broken' | 'expired' | 'stale' | 'recovered'

/** One change of a cluster's state; fires once. `cluster` is a frozen copy as of the change. */
export interface ClusterTransition {
  readonly kind: TransitionKind
  readonly cluster: Cluster
  readonly time: EpochMs
  readonly price: number
  /** `consumed`, `mass`, `missing`, `model`, … */
  readonly reason: string
  /** False when the crossing happened while our own data was stale: never a signal. */
  readonly observed: boolean
}

/** Edge that the price meets first when it comes from its own side of the zone. */
export const nearEdge = (c: { side: ClusterSide; priceLow: number; priceHigh: number }): number =>
  c.side === 'long' ? c.priceHigh : c.priceLow

/** Edge behind which the zone is used up. */
export const farEdge = (c: { side: ClusterSide; priceLow: number; priceHigh: number }): number =>
  c.side === 'long' ? c.priceLow : c.priceHigh

/** Unsigned distance from `price` to the near edge as a fraction of `price`; 0 inside the zone. */
export function distanceRatio(c: { side: ClusterSide; priceLow: number; priceHigh: number }, price: number): number {
  const gap = c.side === 'long' ? price - c.priceHigh : c.priceLow - price
  return gap > 0 ? gap / price : 0
}

export type HeatmapHealth = 'WARMING' | 'HEALTHY' | 'DEGRADED' | 'STALE' | 'FROZEN' | 'UNAVAILABLE'
/** Whether a feed's levels stand still or follow the price one for one. */
export type Anchoring = 'undetermined' | 'absolute' | 'spot_anchored'
