import { comparePlacebo, realRun, type PlaceboKind, type PlaceboOutcome } from '../backtest/placebo.ts'
import { createExecutionLog } from '../backtest/execution-log.ts'
import { metricsOf } from '../backtest/metrics.ts'
import { plannedEntries, randomDirections, randomTimes } from '../backtest/placebo-plan.ts'
import type { AmbiguousBars, BacktestReport, DataFile } from '../backtest/report.ts'
import { scriptedBySymbol, type PlanBySymbol } from '../backtest/scripted-by-symbol.ts'
import type { SimulationResult } from '../backtest/simulation.ts'
import { verdictOf } from '../backtest/verdict.ts'
import type { Config } from '../config/schema.ts'
import type { BarColumns } from '../domain/bar-columns.ts'
import { Dec } from '../domain/decimal.ts'
import type { Trade } from '../domain/trade.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'
import { createJitter, createMirror } from '../heatmap/placebo.ts'
import { createStrategies } from '../strategy/registry.ts'
import type { ScriptedEntry } from '../strategy/scripted.ts'
import { recordEstimators } from './recorded-estimator.ts'
import { simulate, type SimulationOptions } from './compose/simulate.ts'
import { freshEstimators } from './symbol-parts.ts'
import { stateBarMs } from './timeframe.ts'

export interface BacktestOptions {
  readonly config: Config
  readonly configHash: string
  readonly columns: readonly BarColumns[]
  readonly files: readonly DataFile[]
  readonly from: EpochMs | null
  readonly to: EpochMs | null
  /** Runs of each seeded placebo; 0 = no placebos at all. */
  readonly placeboSeeds: number
  /** Whether the report is to hold every decision, as an export writes them down. */
  readonly keepDecisions: boolean
  /** Told how much of the whole is done, in [0, 1]. */
  readonly onProgress: (done: number) => void
}

interface Runner {
  readonly run: (differing: Partial<SimulationOptions>) => Promise<SimulationResult>
  /** Passes by runs that are not needed after all. */
  readonly skip: (runs: number) => void
}

/** Refused signals thin out random times; more than this many are never drawn for one that got through. */
const MAX_OVERDRAW = 50
const CALIBRATION_SEED = 0
const PROGRESS_BARS = 4_096

/** The real run, the same with the other order inside ambiguous bars, and the placebos. */
export async function runBacktest(options: BacktestOptions): Promise<BacktestReport> {
  const { config, placeboSeeds } = options
  const strategies = createStrategies(config)
  const usesHeatmap = strategies.some((s) => s.usesHeatmap)
  const placeboRuns = placeboSeeds === 0 ? 0 : (usesHeatmap ? 1 + placeboSeeds : 0) + 1 + 2 * placeboSeeds
  const { run, skip } = createRunner(options, 2 + placeboRuns)

  const log = createExecutionLog(options.keepDecisions)
  const estimators = recordEstimators(freshEstimators(config))
  const result = await run({ strategies, estimators: estimators.recording, keepFills: true, observe: log.observe })
  const ambiguous = await ambiguousBars(
    result,
    config,
    (other) => run({ config: other, strategies, estimators: estimators.playback() }),
    skip,
  )

  const outcomes: PlaceboOutcome[] = []
  if (placeboSeeds > 0) {
    const seeds = Array.from({ length: placeboSeeds }, (_, index) => index + 1)
    const compare = async (
      kind: PlaceboKind,
      seedsOfKind: readonly (number | null)[],
      trades: (seed: number) => Promise<readonly Trade[]>,
    ): Promise<void> => {
      const runs: { readonly seed: number | null; readonly trades: readonly Trade[] }[] = []
      for (const seed of seedsOfKind) runs.push({ seed, trades: await trades(seed ?? 0) })
      outcomes.push(comparePlacebo(kind, result.trades, runs))
    }
    if (usesHeatmap) {
      const estimated = { strategies, estimators: estimators.playback() }
      await compare(
        'mirrored',
        [null],
        async () => (await run({ ...estimated, transform: () => createMirror() })).trades,
      )
      await compare(
        'jittered',
        seeds,
        async (seed) => (await run({ ...estimated, transform: () => createJitter(seed) })).trades,
      )
    }
    const { trend, rsi, atr } = config.confirmation
    const confirmed = trend.enabled || rsi.enabled || atr.enabled
    const scripted = async (plans: PlanBySymbol, gated: boolean): Promise<readonly Trade[]> =>
      (await run({ strategies: [scriptedBySymbol(plans, config, gated)] })).trades
    const real = new Map([...log.entered].map(([symbol, candidates]) => [symbol, plannedEntries(candidates)]))
    await compare('random_direction', seeds, (seed) =>
      scripted(
        mapPlans(real, (plan) => randomDirections(plan, seed)),
        false,
      ),
    )

    const times = evaluationTimes(options, result)
    const drawn = (seed: number, factor: number): PlanBySymbol =>
      mapPlans(real, (plan, symbol) =>
        randomTimes(plan, times.get(symbol) ?? [], Math.round(plan.length * factor), seed),
      )
    const passed = (await scripted(drawn(CALIBRATION_SEED, 1), confirmed)).length
    const factor = Math.min(MAX_OVERDRAW, Math.max(1, result.trades.length / Math.max(1, passed)))
    await compare('random_times', seeds, (seed) => scripted(drawn(seed, factor), confirmed))
  }

  const real = realRun(result.trades)
  return {
    config,
    configHash: options.configHash,
    files: options.files,
    result,
    log,
    metrics: metricsOf(result, log.slippage),
    ambiguous,
    placebo: { seeds: placeboSeeds, real, outcomes, verdict: verdictOf(placeboSeeds, real, outcomes) },
  }
}

function createRunner(options: BacktestOptions, runs: number): Runner {
  const { config, columns, from, to, onProgress } = options
  const rows = columns.reduce((sum, c) => sum + c.length, 0)
  let done = 0
  return {
    async run(differing) {
      let bars = 0
      const { observe } = differing
      const simulation = await simulate({
        config,
        columns,
        strategies: [],
        from,
        to,
        ...differing,
        observe(event, effects) {
          if (event.kind === 'bar' && ++bars % PROGRESS_BARS === 0) onProgress((done + bars / rows) / runs)
          observe?.(event, effects)
        },
      })
      done++
      onProgress(done / runs)
      return simulation.result
    },
    skip(count) {
      done += count
      onProgress(done / runs)
    },
  }
}

/** Net result under stop-first and target-first; without ambiguous bars they are one and the same. */
async function ambiguousBars(
  result: SimulationResult,
  config: Config,
  run: (config: Config) => Promise<SimulationResult>,
  skip: Runner['skip'],
): Promise<AmbiguousBars> {
  const net = (each: SimulationResult): string => new Dec(each.finalBalance).minus(each.startingBalance).toString()
  const own = net(result)
  if (result.ambiguousBars === 0) {
    skip(1)
    return { count: 0, netStopFirst: own, netTargetFirst: own }
  }
  const stopFirst = config.simulation.ambiguousBar === 'stop_first'
  const ambiguousBar = stopFirst ? 'target_first' : 'stop_first'
  const other = net(await run({ ...config, simulation: { ...config.simulation, ambiguousBar } }))
  return { count: result.ambiguousBars, netStopFirst: stopFirst ? own : other, netTargetFirst: stopFirst ? other : own }
}

const mapPlans = (
  plans: PlanBySymbol,
  change: (plan: readonly ScriptedEntry[], symbol: string) => readonly ScriptedEntry[],
): PlanBySymbol => new Map([...plans].map(([symbol, plan]) => [symbol, change(plan, symbol)]))

/** Closes of the state bars of each symbol at which the real run could have entered. */
function evaluationTimes(
  { config, columns, to }: BacktestOptions,
  result: SimulationResult,
): ReadonlyMap<string, readonly EpochMs[]> {
  return new Map(
    columns.map((c) => {
      const stateMs = stateBarMs(config.timeframe, c.barMs) ?? c.barMs
      const times: EpochMs[] = []
      for (const open of c.openTime) {
        const close = open + c.barMs
        if (open >= result.from && (to === null || open < to) && close % stateMs === 0) times.push(epochMs(close))
      }
      return [c.symbol, times]
    }),
  )
}
