import { runChild } from './run-child.ts'
import { table } from './table.ts'

/** What a backtest costs somebody who starts one: a fresh process each, nothing warm, from its start to the report. */
export function startToReport(bars: number): string {
  const row = (name: string, kind: 'busy' | 'calm' | 'liquidation'): readonly (string | number)[] => {
    const { trades, startToReportMs, barsMb, peakMb } = runChild(kind, bars)
    return [name, bars, trades, startToReportMs, barsMb, peakMb]
  }
  return table(
    ['started anew', 'bars', 'trades', 'start to report, ms', 'with the bars, MiB', 'peak, MiB'],
    [row('engine, busy', 'busy'), row('engine, calm', 'calm'), row('liquidation strategies, crowd', 'liquidation')],
  )
}
