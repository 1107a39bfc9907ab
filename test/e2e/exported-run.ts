import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runBacktest } from '../../src/app/backtest.ts'
import { fillsCsv, fundingCsv, tradesCsv } from '../../src/backtest/report-csv.ts'
import { reportJson } from '../../src/backtest/report-json.ts'
import type { Config } from '../../src/config/schema.ts'
import type { BarColumns } from '../../src/domain/bar-columns.ts'

export interface Exported {
  readonly directory: string
  readonly data: readonly string[]
  readonly trades: number
  readonly forced: number
}

/** The bars as a file that reads back to the same numbers. */
function barsCsv(c: BarColumns): string {
  const lines = ['ts,open,high,low,close,volume,turnover,open_interest,funding_rate,long_short_ratio']
  for (let i = 0; i < c.length; i++) {
    const row = [
      c.openTime,
      c.open,
      c.high,
      c.low,
      c.close,
      c.volume,
      c.turnover,
      c.openInterest,
      c.fundingRate,
      c.longShortRatio,
    ]
    lines.push(row.map((column) => (Number.isNaN(column[i]!) ? '' : String(column[i]!))).join(','))
  }
  return `${lines.join('\n')}\n`
}

/** A file with one more column; what it has already is not quoted anywhere. */
function withColumn(csv: string, name: string, values: readonly string[]): string {
  const [head, ...lines] = csv.trimEnd().split('\n')
  if (lines.length !== values.length) throw new Error(`${name}: ${values.length} values for ${lines.length} lines`)
  return `${[`${head},${name}`, ...lines.map((line, i) => `${line},${values[i]}`)].join('\n')}\n`
}

/** Runs over the columns and writes what the program exports of a backtest, and the bars beside it. */
export async function exportRun(config: Config, columns: readonly BarColumns[]): Promise<Exported> {
  const report = await runBacktest({
    config,
    configHash: '',
    columns,
    files: [],
    from: null,
    to: null,
    placeboSeeds: 0,
    keepDecisions: true,
    onProgress: () => undefined,
  })
  const directory = mkdtempSync(join(tmpdir(), 'audit-'))
  const leverages = report.log.fills.map((entry) => ('cause' in entry ? '' : String(entry.order.leverage ?? '')))
  writeFileSync(join(directory, 'fills.csv'), withColumn(fillsCsv(report), 'leverage', leverages))
  writeFileSync(join(directory, 'funding.csv'), fundingCsv(report))
  writeFileSync(join(directory, 'trades.csv'), tradesCsv(report))
  writeFileSync(join(directory, 'result.json'), JSON.stringify(reportJson(report)))
  const data = columns.map((each) => {
    const file = join(directory, `bars_${each.symbol}_1h.csv`)
    writeFileSync(file, barsCsv(each))
    return file
  })
  return { directory, data, trades: report.result.trades.length, forced: report.result.liquidations }
}
