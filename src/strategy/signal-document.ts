import type { Candidate, StrategyName } from '../domain/candidate.ts'
import type { Cluster } from '../domain/cluster.ts'
import type { MarketView } from '../domain/market-view.ts'
import type { Refusal, RefusalCode } from '../domain/refusal.ts'
import type { ClusterSide, Direction } from '../domain/side.ts'
import { isoTime } from '../domain/time.ts'
import { grossRiskReward } from './cost.ts'
import { roundToTick } from './tick.ts'

export type Sentiment = 'BULLISH_BIAS' | 'BEARISH_BIAS' | 'NEUTRAL'
export type Crowding = 'LONG_CROWDED' | 'SHORT_CROWDED' | 'BALANCED'

/** A signal as the heatmap document spells it, and below its keys our own. Figures that are not known are `null`. */
export interface SignalDocument {
  readonly symbol: string
  readonly signal: Direction
  readonly entry_price: number
  readonly stop_loss: number | null
  readonly take_profit: number | null
  /** The zone's strength: not a probability. */
  readonly confidence: number
  /** Before costs, from the three prices above. */
  readonly risk_reward: number | null
  readonly reason: string
  readonly cluster_data: {
    readonly price_level: number
    readonly side: ClusterSide
    readonly strength: number
    /** USD. */
    readonly open_interest: number | null
    /** Percent of the price, to the near edge. */
    readonly distance_from_price: number
  } | null
  /** Below the price, nearest first. */
  readonly support_levels: readonly number[]
  /** Above the price, nearest first. */
  readonly resistance_levels: readonly number[]
  readonly market_sentiment: { readonly sentiment: Sentiment; readonly long_short_ratio: number | null }
  readonly id: string
  readonly strategy: StrategyName
  readonly time: string
  readonly net_risk_reward: number | null
  /** Base units. */
  readonly quantity: number | null
  readonly crowding: Crowding
  readonly flags: readonly string[]
  readonly decision: {
    readonly status: 'TRADE' | 'NO_TRADE'
    readonly reasons: readonly { readonly code: RefusalCode; readonly message: string }[]
  }
}

export interface SignalInput {
  readonly id: string
  readonly candidate: Candidate
  /** The view the candidate came from. */
  readonly view: MarketView
  /** Base units; `null` where it was not sized. */
  readonly quantity: string | null
  /** Everything that stands against it, the candidate's own refusals included; empty: it trades. */
  readonly refusals: readonly Refusal[]
  /** Weaker zones are not listed as levels. */
  readonly minLevelStrength: number
}

/** The document's cuts: above 1.1 longs prevail, below 0.9 shorts. An unknown ratio is neutral. */
export const sentimentOf = (ratio: number | null): Sentiment =>
  ratio === null ? 'NEUTRAL' : ratio > 1.1 ? 'BULLISH_BIAS' : ratio < 0.9 ? 'BEARISH_BIAS' : 'NEUTRAL'

/** Where sizing leans against the crowd: above 1.2 and below 0.8. */
export const crowdingOf = (ratio: number | null): Crowding =>
  ratio === null ? 'BALANCED' : ratio > 1.2 ? 'LONG_CROWDED' : ratio < 0.8 ? 'SHORT_CROWDED' : 'BALANCED'

const known = (value: number): number | null => (Number.isFinite(value) ? value : null)
const hundredths = (value: number): number | null => known(Math.round(value * 100) / 100)

/** A level is no order price: it keeps one digit more than the tick. */
const levelText = (price: number, tick: number): number => roundToTick(price, tick / 10)

/** Levels of the listed strength on their own side of the price, nearest first. */
export function levelsOf(
  zones: readonly Cluster[],
  side: ClusterSide,
  price: number,
  tick: number,
  minStrength: number,
): readonly number[] {
  const towardsPrice = side === 'long' ? -1 : 1
  return zones
    .filter((z) => z.strength !== null && z.strength >= minStrength && towardsPrice * (z.priceMode - price) > 0)
    .map((z) => levelText(z.priceMode, tick))
    .sort((a, b) => towardsPrice * (a - b))
}

/** The signal as JSON; see the heatmap document's example. */
export function signalDocument(input: SignalInput): SignalDocument {
  const { candidate, view, refusals, minLevelStrength } = input
  const { tick } = view.instrument
  const entry = roundToTick(candidate.entry, tick)
  const stop = known(roundToTick(candidate.stop, tick))
  const target = known(roundToTick(candidate.target, tick))
  const ratio = view.openInterest?.ratio ?? null
  const { anchor } = candidate
  return {
    symbol: view.instrument.symbol,
    signal: candidate.direction,
    entry_price: entry,
    stop_loss: stop,
    take_profit: target,
    confidence: candidate.confidence,
    risk_reward: stop === null || target === null ? null : hundredths(grossRiskReward(entry, stop, target)),
    reason: candidate.reason,
    cluster_data: anchor && {
      price_level: levelText(anchor.priceMode, tick),
      side: anchor.side,
      strength: anchor.strength,
      open_interest: anchor.notionalUsd,
      distance_from_price: Math.round(anchor.distanceRatio * 10_000) / 100,
    },
    support_levels: levelsOf(view.longClusters, 'long', view.price, tick, minLevelStrength),
    resistance_levels: levelsOf(view.shortClusters, 'short', view.price, tick, minLevelStrength),
    market_sentiment: { sentiment: sentimentOf(ratio), long_short_ratio: ratio },
    id: input.id,
    strategy: candidate.strategy,
    time: isoTime(candidate.time),
    net_risk_reward: hundredths(candidate.netRiskReward),
    quantity: input.quantity === null ? null : Number(input.quantity),
    crowding: crowdingOf(ratio),
    flags: candidate.flags,
    decision: {
      status: refusals.length === 0 ? 'TRADE' : 'NO_TRADE',
      reasons: refusals.map(({ code, message }) => ({ code, message })),
    },
  }
}
