import { exitMonth, groupTrades, type TradeGroup } from './groups.ts'
import { PLACEBO_KINDS } from './placebo.ts'
import { refusalCounts } from './report-json.ts'
import type { BacktestReport } from './report.ts'
import { moneyText, percentText, signedR } from './summary-rows.ts'
import { placeboName } from './verdict.ts'

/** A table in words, for any medium. The first column is text, the others are figures. */
export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const groupTable = (title: string, name: string, groups: readonly TradeGroup[]): Table => ({
  title,
  head: [name, 'Trades', 'Wins', 'Mean R', 'Net'],
  rows: groups.map((g) => [g.name, String(g.trades), String(g.wins), signedR(g.meanR), moneyText(g.net)]),
})

export function monthTable(report: BacktestReport): Table {
  return groupTable('By month of exit', 'Month', groupTrades(report.result.trades, exitMonth))
}

const interval = (range: { readonly low: number; readonly high: number } | null): string =>
  range === null ? 'N/A' : `${signedR(range.low)} to ${signedR(range.high)}`

/** The real run above its placebos. */
export function placeboTable({ placebo }: BacktestReport): Table {
  const { real, outcomes } = placebo
  const rows = PLACEBO_KINDS.flatMap((kind) => outcomes.filter((o) => o.kind === kind)).map((o) => [
    placeboName(o.kind),
    String(o.runs.length),
    o.meanTrades.toFixed(1),
    signedR(o.meanR),
    interval(o.interval),
    moneyText(o.meanNet),
    o.rank === null ? '-' : `${o.rank} of ${o.runs.length + 1}`,
  ])
  return {
    title: 'Placebos',
    head: ['Run', 'Runs', 'Trades', 'Mean R', '95 % interval', 'Net', 'Rank of real'],
    rows: [
      ['real', '1', String(real.trades), signedR(real.meanR), interval(real.interval), moneyText(real.net), '-'],
      ...rows,
    ],
  }
}

/** Every reason: the list of codes is closed and short. */
function refusalTable(report: BacktestReport): Table {
  return {
    title: 'Rejected signals by reason; one signal may have several',
    head: ['Reason', 'Count', 'Share'],
    rows: refusalCounts(report).map(([code, count]) => [
      code,
      String(count),
      percentText((count / report.result.refusedDecisions) * 100),
    ]),
  }
}

/** Everything beyond the summary that has rows to show. */
export function reportTables(report: BacktestReport): readonly Table[] {
  const { trades } = report.result
  const tables = [
    ...(report.files.length > 1
      ? [
          groupTable(
            'By symbol',
            'Symbol',
            groupTrades(trades, (t) => t.symbol),
          ),
        ]
      : []),
    groupTable(
      'By strategy',
      'Strategy',
      groupTrades(trades, (t) => t.strategy),
    ),
    groupTable(
      'By exit reason',
      'Exit',
      groupTrades(trades, (t) => t.exitReason),
    ),
    refusalTable(report),
    ...(report.placebo.outcomes.length > 0 ? [placeboTable(report)] : []),
  ]
  return tables.filter((table) => table.rows.length > 0)
}
