import type { RefusalCode } from '../domain/refusal.ts'
import type { Trade } from '../domain/trade.ts'
import type { EpochMs } from '../domain/unit.ts'
import type { Drawdown, EquityPoint } from './drawdown.ts'

/** What one simulated run came to, in the terms that reports and placebos need. */
export interface SimulationResult {
  readonly from: EpochMs
  readonly to: EpochMs
  readonly startingBalance: string
  readonly finalBalance: string
  /** Closed trades in order of exit. */
  readonly trades: readonly Trade[]
  /** Equity (wallet + open result) at the start and at each UTC midnight, and at the end. */
  readonly equity: readonly EquityPoint[]
  /**
   * From the highest equity, inside bars too, as at the close of every bar and at each alert: never less than that of
   * `equity`, nor than what a loss limit complained of.
   */
  readonly drawdown: Drawdown
  /** Decision records by refusal code: once per change of (symbol, strategy, cluster, gate). */
  readonly rejected: ReadonlyMap<RefusalCode, number>
  /** Refused decision records; one may carry several codes. */
  readonly refusedDecisions: number
  /** Latches that kept entries off when the run ended. */
  readonly latches: readonly { readonly code: string; readonly since: EpochMs; readonly reason: string }[]
  readonly orders: number
  readonly fills: number
  readonly liquidations: number
  /** Bars whose range held both stop and target, and what the other order of the two would have made of the net result. */
  readonly ambiguousBars: number
  readonly bars: number
  /** First open and last close by symbol, for the market's own change. */
  readonly market: ReadonlyMap<string, { readonly first: number; readonly last: number }>
  /** Ms with an open position, summed over symbols, and ms simulated, likewise. */
  readonly timeInMarketMs: number
  readonly simulatedMs: number
  /** The exchange's ledger beside the bot's books; equal to the cent, or the run is not to be trusted. */
  readonly conservation: {
    readonly exchange: LedgerTotals
    readonly books: LedgerTotals
  }
}

export interface LedgerTotals {
  readonly wallet: string
  readonly fees: string
  readonly funding: string
  readonly realised: string
}

/** A placebo replaces the evidence, never the rules: same gates, sizes, stops and costs. */
export type Placebo =
  | { readonly kind: 'mirrored' }
  | { readonly kind: 'jittered'; readonly seed: number }
  | { readonly kind: 'random_direction'; readonly seed: number }
  | { readonly kind: 'random_times'; readonly seed: number }
