import type { Anchoring, Cluster, ClusterTransition, HeatmapHealth, OpenInterest } from './cluster.ts'
import type { Instrument } from './instrument.ts'
import type { EpochMs } from './unit.ts'

/**
 * What woke the evaluation: a closed state bar, a new snapshot, or a break seen at a price event. At a break only what
 * trades breaks may answer: in a backtest it is mostly seen at a bar's high or low, where the price is known to turn.
 */
export type Occasion = 'bar' | 'snapshot' | 'break'

/**
 * What a strategy may look at: one symbol, now. Strategies keep no state of their own.
 * NaN marks an indicator that is not warm.
 */
export interface MarketView {
  readonly instrument: Instrument
  readonly time: EpochMs
  readonly occasion: Occasion
  readonly price: number
  readonly mark: number
  readonly priceTime: EpochMs
  /** Close of the last state bar, and of the one `n` bars before it (n = 0 is the last). NaN when there is none. */
  readonly closeAgo: (n: number) => number
  /** Length of a state bar in ms. */
  readonly barMs: number
  /** ATR(14) of one-hour bars, in price units. */
  readonly atr: number
  readonly emaFast: number
  readonly emaSlow: number
  /** The two averages one state bar earlier. */
  readonly previousEmaFast: number
  readonly previousEmaSlow: number
  readonly rsi: number
  /** Live clusters (active or touched), nearest first. */
  readonly longClusters: readonly Cluster[]
  readonly shortClusters: readonly Cluster[]
  /** Breaks and rejections that this evaluation is the first to be allowed to act on. */
  readonly broken: readonly ClusterTransition[]
  readonly rejected: readonly ClusterTransition[]
  readonly openInterest: OpenInterest | null
  /** Last settled funding rate, fraction per interval; NaN when unknown. */
  readonly fundingRate: number
  /** Half spread as a fraction of the price: from the book where one is known, else assumed. */
  readonly halfSpreadRatio: number
  readonly bookKnown: boolean
  readonly health: HeatmapHealth
  readonly anchoring: Anchoring
  readonly snapshotAsOf: EpochMs | null
}
