import type { Cluster, ClusterTransition, LevelSnapshot } from '../domain/cluster.ts'
import type { EpochMs } from '../domain/unit.ts'

/** Tracked clusters of one symbol. Prices are our own mark; `atr` is in price units, NaN while unknown. */
export interface ClusterTracker {
  /** A new publication. Evaluates `price` against the old geometry first; ignored while stale: recover first. */
  onSnapshot(snapshot: LevelSnapshot, price: number, atr: number): readonly ClusterTransition[]
  /** A price. Two comparisons and a shared empty array when nothing can happen. */
  onPrice(price: number, time: EpochMs, atr: number): readonly ClusterTransition[]
  /** An input failed its freshness gate: every live cluster is stale until `markRecovered`. */
  markStale(time: EpochMs, price: number): readonly ClusterTransition[]
  /** The inputs are back: what was crossed meanwhile is broken, unobserved; the rest is what it was. */
  markRecovered(time: EpochMs, price: number): readonly ClusterTransition[]
  /** The model or its settings changed: what is tracked means nothing any more. */
  retire(time: EpochMs, price: number): readonly ClusterTransition[]
  /** Live (active or touched) clusters, nearest first; valid until the next call. */
  readonly longs: readonly Cluster[]
  readonly shorts: readonly Cluster[]
  /** By id, recently ended ones included. */
  find(id: string): Cluster | undefined
  /** Strictly between these two prices nothing happens. */
  readonly watchLow: number
  readonly watchHigh: number
}

/** Shared by every call in which nothing happened. */
export const NOTHING: readonly ClusterTransition[] = Object.freeze([])
