import type { Config } from '../config/schema.ts'
import type { HistoryReport } from '../domain/history.ts'
import type { ExecutionLog } from './execution-log.ts'
import type { Metrics } from './metrics.ts'
import type { PlaceboOutcome, RealRun } from './placebo.ts'
import type { SimulationResult } from './simulation.ts'
import type { Verdict } from './verdict.ts'

/** One data file and the symbol it was read as. */
export interface DataFile extends HistoryReport {
  readonly symbol: string
}

/** Net result under both orders of stop and target within a bar that held them both. */
export interface AmbiguousBars {
  readonly count: number
  readonly netStopFirst: string
  readonly netTargetFirst: string
}

/** Everything a backtest came to; every format is made of this. */
export interface BacktestReport {
  readonly config: Config
  readonly configHash: string
  readonly files: readonly DataFile[]
  readonly result: SimulationResult
  readonly log: ExecutionLog
  readonly metrics: Metrics
  readonly ambiguous: AmbiguousBars
  readonly placebo: {
    readonly seeds: number
    readonly real: RealRun
    /** Only the kinds that apply: without a strategy that looks at the heatmap there are no levels to move. */
    readonly outcomes: readonly PlaceboOutcome[]
    readonly verdict: Verdict
  }
}
