import type { LevelSnapshot, OpenInterest } from './cluster.ts'
import type { EpochMs } from './unit.ts'

/** One answer of a heatmap service: its envelope has the right shape, its clusters are still unjudged. */
export interface HeatmapPayload {
  readonly symbol: string
  /** `null` while the provider has none (warm-up). */
  readonly currentPrice: number | null
  /** As the provider counts; `null` where it does not. */
  readonly totalClusters: number | null
  readonly clusters: readonly unknown[]
}

/** A payload with what the receiver knows about it. */
export interface HeatmapArrival {
  readonly payload: HeatmapPayload
  readonly receivedAt: EpochMs
  /** Of the raw bytes. */
  readonly sha256: string
  /** The symbol's open interest as last received; `null` when none is known. */
  readonly openInterest: OpenInterest | null
}

/** What we know ourselves at that moment, to hold the provider's figures against; `null` = not known. */
export interface OwnFigures {
  readonly price: number | null
  /** The symbol's whole open interest, in USD. */
  readonly openInterestUsd: number | null
}

/** Why a whole snapshot is refused. */
export type RejectionCode =
  | 'WRONG_SYMBOL'
  | 'COUNT_MISMATCH'
  | 'PRICE_MISSING'
  | 'PRICE_COLLAR'
  | 'QUARANTINE_SHARE'
  | 'TOO_MANY_CLUSTERS'

export type DoorResult =
  | { readonly kind: 'admitted'; readonly snapshot: LevelSnapshot }
  | { readonly kind: 'rejected'; readonly code: RejectionCode; readonly message: string }

/** What a failed poll means: try again, or never until somebody changes something. */
export type FeedFailureKind = 'transient' | 'permanent'
