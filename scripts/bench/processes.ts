/**
 * What a backtest costs in a process of its own: from start to report, memory, and cost a bar by length and by number of
 * symbols. By hand: `node scripts/bench/processes.ts [--quick]`.
 */
import { parseArgs } from 'node:util'
import { runChild } from './run-child.ts'
import { table } from './table.ts'

const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const bars = values.quick ? 100_000 : 1_000_000
const lengths = values.quick ? [10_000, 100_000] : [100_000, 1_000_000, 10_000_000]

const rows = [
  ...lengths.map((length) => row('engine, calm', length, 'calm', length)),
  row('engine, busy', bars, 'busy', bars),
  row('liquidation strategies, crowd', bars, 'liquidation', bars),
  row('engine, calm, 50 symbols', bars, 'calm', bars / 50, 50),
]
const head = [
  'a process each',
  'bars',
  'trades',
  'ns/bar',
  'start to report, ms',
  'bars held, MiB',
  'peak, MiB',
  'checksum',
]
console.log(table(head, rows))

function row(name: string, length: number, ...args: readonly (string | number)[]): readonly (string | number)[] {
  const report = runChild(...args)
  return [
    name,
    length,
    report.trades,
    (report.runMs * 1e6) / length,
    report.startToReportMs,
    report.barsMb,
    report.peakMb,
    report.checksum,
  ]
}
