import type { ClusterSide, Direction } from './side.ts'
import type { EpochMs } from './unit.ts'
import type { Refusal } from './refusal.ts'

export type StrategyName = 'liquidation_hunt' | 'support_resistance' | 'cluster_breakout' | 'ema_cross' | 'scripted'

/** The zone a trade leans on, copied at the moment of the signal. */
export interface Anchor {
  readonly id: string
  readonly side: ClusterSide
  readonly priceLow: number
  readonly priceMode: number
  readonly priceHigh: number
  readonly strength: number
  readonly notionalUsd: number | null
  readonly mass: number | null
  /** Distance of the near edge from the price, a fraction of the price. */
  readonly distanceRatio: number
}

/** What a strategy wants, priced but not sized; with every reason why it must not happen. */
export interface Candidate {
  readonly strategy: StrategyName
  readonly direction: Direction
  readonly time: EpochMs
  /** The cluster that gave the signal; `null` for strategies without one. */
  readonly anchor: Anchor | null
  /** The cluster the target stands at, where it is one; its fading ends the trade. */
  readonly targetClusterId: string | null
  readonly entry: number
  readonly stop: number
  readonly target: number
  readonly grossRiskReward: number
  /** After fees, slippage and expected funding; see the documentation of stops. */
  readonly netRiskReward: number
  /** Share of the whole loss at the stop that is cost. */
  readonly costRatio: number
  readonly confidence: number
  readonly flags: readonly string[]
  readonly reason: string
  /** Empty: it would trade as far as the strategy is concerned. */
  readonly refusals: readonly Refusal[]
}

/** Identity of a signal: the same want at the same cluster is the same signal until it has gone false. */
export const signalKey = (c: { strategy: StrategyName; direction: Direction; anchor: Anchor | null }): string =>
  `${c.strategy}:${c.direction}:${c.anchor?.id ?? '-'}`
