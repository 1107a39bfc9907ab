import { isoTime } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'
import type { Interval } from './bootstrap.ts'
import { decimalText, numberText, rounded } from './figures.ts'
import { PLACEBO_KINDS, type PlaceboOutcome, type Run } from './placebo.ts'
import type { BacktestReport, DataFile } from './report.ts'
import { tradeRecord } from './trade-record.ts'

const SECOND_MS = 1_000

/** The report as one object for programs. Equal inputs give equal bytes. */
export function reportJson(report: BacktestReport) {
  return {
    config_hash: report.configHash,
    data: dataRecord(report.files),
    summary: summaryRecord(report),
    placebo: placeboRecord(report),
    trades: report.result.trades.map(tradeRecord),
    rejected: Object.fromEntries(refusalCounts(report)),
    assumptions: assumptionsRecord(report),
  }
}

/** Refusal codes with their counts, the most frequent first. */
export const refusalCounts = (report: BacktestReport): readonly (readonly [string, number])[] =>
  [...report.result.rejected].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))

function dataRecord(files: readonly DataFile[]) {
  const symbols = files.map(({ symbol }) => symbol)
  return {
    files: files.map((f) => ({
      path: f.file,
      sha256: f.sha256,
      symbol: f.symbol,
      rows: f.rows,
      skipped: f.skipped,
      from: isoTime(f.from),
      to: isoTime(f.to),
    })),
    symbol: symbols.length === 1 ? symbols[0] : symbols,
    rows: files.reduce((sum, f) => sum + f.rows, 0),
    skipped: files.reduce((sum, f) => sum + f.skipped, 0),
    from: isoTime(Math.min(...files.map((f) => f.from)) as EpochMs),
    to: isoTime(Math.max(...files.map((f) => f.to)) as EpochMs),
    gaps: files.flatMap((f) =>
      f.gaps.map((gap) => ({ symbol: f.symbol, from: isoTime(gap.from), to: isoTime(gap.to), bars: gap.bars })),
    ),
  }
}

function summaryRecord(report: BacktestReport) {
  const { metrics: m, ambiguous, result } = report
  const time = (at: EpochMs | null): string | null => (at === null ? null : isoTime(at))
  return {
    backtest_start: isoTime(m.from),
    backtest_end: isoTime(m.to),
    backtest_days: rounded(m.days),
    no_entries_since: result.latches.map(({ code, since, reason }) => ({ code, since: time(since), reason })),
    starting_balance: decimalText(m.startingBalance),
    final_balance: decimalText(m.finalBalance),
    profit_total_abs: decimalText(m.profitAbs),
    profit_total_pct: rounded(m.profitPct),
    cagr_pct: rounded(m.cagrPct),
    max_drawdown_abs: numberText(m.drawdown.abs),
    max_drawdown_pct: rounded(m.drawdown.ratio * 100),
    drawdown_start: time(m.drawdown.from),
    drawdown_end: time(m.drawdown.to),
    sharpe: rounded(m.sharpe),
    sortino: rounded(m.sortino),
    calmar: rounded(m.calmar),
    profit_factor: rounded(m.profitFactor),
    expectancy: numberText(m.expectancy),
    expectancy_ratio: rounded(m.expectancyRatio),
    mean_r: rounded(m.meanR),
    win_rate_pct: rounded(m.winRatePct),
    total_trades: m.trades,
    trade_count_long: m.tradesLong,
    trade_count_short: m.tradesShort,
    wins: m.wins,
    draws: m.draws,
    losses: m.losses,
    trades_per_month: rounded(m.tradesPerMonth),
    holding_avg_secs: rounded(m.averageDurationMs === null ? null : m.averageDurationMs / SECOND_MS),
    fees: decimalText(m.fees),
    funding: decimalText(m.funding),
    slippage: decimalText(m.slippage),
    cost_r: rounded(m.costR),
    liquidations: m.liquidations,
    market_change_pct: rounded(m.marketChangePct),
    time_in_market_pct: rounded(m.timeInMarketPct),
    rejected_signals: result.refusedDecisions,
    rejected_share_pct: Object.fromEntries(
      refusalCounts(report).map(([code, count]) => [code, rounded((count / result.refusedDecisions) * 100)]),
    ),
    ambiguous_bars: {
      count: ambiguous.count,
      net_stop_first: ambiguous.netStopFirst,
      net_target_first: ambiguous.netTargetFirst,
    },
  }
}

const intervalRecord = (interval: Interval | null) =>
  interval === null ? null : { low: rounded(interval.low), high: rounded(interval.high) }

const runRecord = (run: Run) => ({ trades: run.trades, mean_r: rounded(run.meanR), net_result: decimalText(run.net) })

const outcomeRecord = (outcome: PlaceboOutcome) => ({
  runs: outcome.runs.length,
  trades: rounded(outcome.meanTrades),
  mean_r: rounded(outcome.meanR),
  mean_r_interval: intervalRecord(outcome.interval),
  net_result: decimalText(outcome.meanNet),
  rank: outcome.rank,
  difference_interval: intervalRecord(outcome.difference),
  beaten: outcome.beaten,
  by_seed: outcome.runs.map((run) => ({ seed: run.seed, ...runRecord(run) })),
})

function placeboRecord({ placebo }: BacktestReport) {
  const { seeds, real, outcomes, verdict } = placebo
  const byKind = PLACEBO_KINDS.map((kind) => {
    const outcome = outcomes.find((each) => each.kind === kind)
    return [kind, outcome === undefined ? null : outcomeRecord(outcome)] as const
  })
  return {
    seeds,
    real: { ...runRecord(real), mean_r_interval: intervalRecord(real.interval) },
    ...Object.fromEntries(byKind),
    verdict: { better: verdict.better, claim: verdict.claim, sentence: verdict.sentence },
  }
}

function assumptionsRecord({ config }: BacktestReport) {
  const { simulation } = config
  return {
    fee_maker_bp: simulation.feeMakerBp,
    fee_taker_bp: simulation.feeTakerBp,
    half_spread_bp: simulation.halfSpreadBp,
    impact: simulation.impact,
    latency_ms: simulation.latencyMs,
    ambiguous_bar: simulation.ambiguousBar,
    mark_price: 'last price (bars have no mark)',
  }
}
