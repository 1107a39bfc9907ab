/** A subject once in a fresh process: nothing is warm, and its memory is its own. Prints a line of JSON. */
import { prepare, type Subject } from './subject.ts'

export interface ChildReport {
  readonly trades: number
  readonly startToReportMs: number
  /** Resident memory when the bars were made up, and at its highest, in MiB. */
  readonly barsMb: number
  readonly peakMb: number
}

const started = performance.now()
const run = prepare(JSON.parse(process.argv[2]!) as Subject)
const generated = performance.now()
const before = process.resourceUsage().maxRSS
const { trades } = await run()
const ended = performance.now()
const report: ChildReport = {
  trades,
  // The clock starts with the process; making up the bars is no part of a backtest.
  startToReportMs: ended - (generated - started),
  barsMb: before / 1024,
  peakMb: process.resourceUsage().maxRSS / 1024,
}
console.log(JSON.stringify(report))
