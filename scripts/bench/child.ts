/** One run in a process of its own: `node scripts/bench/child.ts <busy|calm|liquidation> <bars>`; prints a line of JSON. */
import { crossRun } from './cross-run.ts'
import { crowdBars, liquidationRun } from './liquidation-run.ts'
import { BUSY, CALM, syntheticBars } from './synthetic-bars.ts'

const [kind = 'calm', length = '100000'] = process.argv.slice(2)
const bars = Number(length)
const started = performance.now()
const columns =
  kind === 'liquidation'
    ? [crowdBars(bars, 1)]
    : [syntheticBars('BTCUSDT', bars, 12_345, kind === 'busy' ? BUSY : CALM)]
const generated = performance.now()
const before = process.resourceUsage().maxRSS
const outcome = kind === 'liquidation' ? await liquidationRun(columns) : await crossRun(columns)
const ended = performance.now()
console.log(
  JSON.stringify({
    trades: outcome.trades,
    checksum: outcome.checksum(),
    generateMs: generated - started,
    runMs: ended - generated,
    // The clock starts with the process; making up the bars is no part of a backtest.
    startToReportMs: ended - (generated - started),
    barsMb: before / 1024,
    peakMb: process.resourceUsage().maxRSS / 1024,
  }),
)
