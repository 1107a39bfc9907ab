import type { Config } from '../config/schema.ts'
import type { ClusterTransition, LevelSnapshot, OpenInterest } from '../domain/cluster.ts'
import { createIdMemory, type IdMemory } from '../domain/id-memory.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Direction } from '../domain/side.ts'
import { HOUR_MS } from '../domain/time.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import type { Estimator } from '../heatmap/estimator/estimator.ts'
import type { FeedHealth } from '../heatmap/feed-health.ts'
import type { ClusterTracker } from '../heatmap/cluster-tracker.ts'
import { createBarAggregator, type BarAggregator } from '../indicator/aggregate.ts'
import { createAtr, type Atr } from '../indicator/atr.ts'
import { createEma, type Ema } from '../indicator/ema.ts'
import { createRsi, type Rsi } from '../indicator/rsi.ts'
import type { LastExit } from '../strategy/entry-gate.ts'
import { noTrouble, type HeatmapTrouble } from './heatmap-trouble.ts'
import type { QuietBand } from './quiet-band.ts'

/** Moves published levels before anything else sees them: the placebo runs. */
export type SnapshotTransform = (snapshot: LevelSnapshot, price: number, atr: number) => LevelSnapshot

/** Closed state bars that strategies may look back on. */
const CLOSES_KEPT = 64

/** Everything the engine knows about one symbol. Mutable, owned by the engine. */
export interface SymbolState {
  readonly instrument: Instrument
  last: number
  mark: number
  bid: number
  ask: number
  priceTime: EpochMs
  fundingRate: number
  openInterest: OpenInterest | null
  readonly stateBars: BarAggregator
  readonly hourBars: BarAggregator
  readonly closes: Float64Array
  /** State bars closed so far; the last close stands at (closed − 1) mod CLOSES_KEPT. */
  closed: number
  lastBarClose: EpochMs
  readonly atr: Atr
  readonly emaFast: Ema
  readonly emaSlow: Ema
  previousEmaFast: number
  previousEmaSlow: number
  /** `null` where no gate looks at it. */
  readonly rsi: Rsi | null
  /** Base units traded a minute, averaged over recent bars; NaN before the first. */
  minuteVolume: number
  readonly estimator: Estimator | null
  readonly transform: SnapshotTransform | null
  /** Follows identities and states; for a feed whose levels follow the price it is swapped for `display`. */
  tracker: ClusterTracker
  readonly display: ClusterTracker
  readonly health: FeedHealth
  snapshot: LevelSnapshot | null
  readonly trouble: HeatmapTrouble
  /** Breaks and rejections since the last closed state bar, not yet acted on. */
  readonly broken: ClusterTransition[]
  readonly rejected: ClusterTransition[]
  trade: OpenTrade | null
  /** Time of the latest news of its orders or position. */
  accountTime: EpochMs
  /** What others had executed by then is accounted for: the venue's position was taken over, or agreed with the books. */
  adoptedAt: EpochMs
  /** The venue's position was last taken over although nothing told what had changed it: it holds all fills up to then. */
  guessedAt: EpochMs
  /** The last trade that is over, in case its entry turns out to have filled after all. */
  ended: OpenTrade | null
  /** It ended by something that was none of its orders, and the venue has not been seen without the position since. */
  unclosed: boolean
  /** Mark at which the break-even rule is asked; NaN: never. */
  breakEvenAt: number
  readonly history: TradeHistory
  readonly band: QuietBand
}

/** What past trades of a symbol mean for the next one. */
export interface TradeHistory {
  lastExit: LastExit | null
  readonly lastStop: Record<Direction, EpochMs | null>
  /** Times of the latest entries, oldest first. */
  readonly entries: EpochMs[]
  /** Signals that have been traded and have been true at every evaluation since. */
  readonly fired: Set<string>
  /** Zones that were traded. */
  usedClusters: IdMemory
}

const NEVER = epochMs(Number.NEGATIVE_INFINITY)

export interface SymbolParts {
  readonly estimator: Estimator | null
  readonly transform: SnapshotTransform | null
  readonly tracker: ClusterTracker
  /** Shows levels without identity or states. */
  readonly display: ClusterTracker
  readonly health: FeedHealth
}

export function createSymbolState(
  instrument: Instrument,
  config: Config,
  stateBarMs: number,
  parts: SymbolParts,
): SymbolState {
  const { trend, rsi, atr } = config.confirmation
  const cross = config.strategies.emaCross
  return {
    instrument,
    last: Number.NaN,
    mark: Number.NaN,
    bid: Number.NaN,
    ask: Number.NaN,
    priceTime: NEVER,
    fundingRate: Number.NaN,
    openInterest: null,
    stateBars: createBarAggregator(stateBarMs),
    hourBars: createBarAggregator(HOUR_MS),
    closes: new Float64Array(CLOSES_KEPT),
    closed: 0,
    lastBarClose: NEVER,
    atr: createAtr(atr.period),
    emaFast: createEma(cross.enabled ? cross.fast : trend.emaFast),
    emaSlow: createEma(cross.enabled ? cross.slow : trend.emaSlow),
    previousEmaFast: Number.NaN,
    previousEmaSlow: Number.NaN,
    rsi: rsi.enabled ? createRsi(rsi.period) : null,
    minuteVolume: Number.NaN,
    snapshot: null,
    trouble: noTrouble(),
    broken: [],
    rejected: [],
    trade: null,
    accountTime: NEVER,
    adoptedAt: NEVER,
    guessedAt: NEVER,
    ended: null,
    unclosed: false,
    breakEvenAt: Number.NaN,
    history: {
      lastExit: null,
      lastStop: { LONG: null, SHORT: null },
      entries: [],
      fired: new Set(),
      usedClusters: createIdMemory(),
    },
    // Nothing is quiet until the engine says so; doubles from the start, so that the fields are never re-shaped.
    band: { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY },
    ...parts,
  }
}

/** Close of the state bar `n` bars before the last one; NaN when it is not known any more or yet. */
export function closeAgo(state: SymbolState, n: number): number {
  return n < state.closed && n < CLOSES_KEPT ? state.closes[(state.closed - 1 - n) % CLOSES_KEPT]! : Number.NaN
}

export function pushClose(state: SymbolState, close: number): void {
  state.closes[state.closed % CLOSES_KEPT] = close
  state.closed++
}
