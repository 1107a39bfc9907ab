import { parseArgs } from 'node:util'
import { bareLoop } from './bench/bare-loop.ts'
import { crossRun } from './bench/cross-run.ts'
import { crowdBars, liquidationRun } from './bench/liquidation-run.ts'
import { interleaved, type Measured, type Subject } from './bench/measure.ts'
import { BUSY, CALM, syntheticBars } from './bench/synthetic-bars.ts'

/**
 * Speed of the whole engine beside a bare loop of the same strategy: `npm run bench -- [--quick] [--json]`. Medians after
 * a warm-up, the subjects in turn; trust the ratios more than the absolutes.
 */
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
})
const bars = values.quick ? 100_000 : 1_000_000
const repeats = values.quick ? 3 : 5

console.error(`generating ${bars} bars of each kind …`)
const busy = syntheticBars('BTCUSDT', bars, 12_345, BUSY)
const calm = syntheticBars('BTCUSDT', bars, 12_345, CALM)
const crowd = crowdBars(Math.min(bars, 500_000), 1)
const scaling = [bars / 10, bars].map((length) => syntheticBars('BTCUSDT', length, 7, CALM))
const symbols = Array.from({ length: 50 }, (_, i) => syntheticBars(`S${i}USDT`, bars / 50, i + 1, CALM))

const bare = (name: string, columns: typeof busy): Subject => ({
  name,
  units: columns.length,
  run: () => {
    const { trades, equity } = bareLoop(columns)
    return { trades, checksum: () => equity.toPrecision(12) }
  },
})
const engine = (name: string, columns: readonly (typeof busy)[]): Subject => ({
  name,
  units: columns.reduce((sum, c) => sum + c.length, 0),
  run: () => crossRun(columns),
})
const subjects: readonly Subject[] = [
  bare('bare loop, busy', busy),
  engine('engine, busy', [busy]),
  bare('bare loop, calm', calm),
  engine('engine, calm', [calm]),
  { name: 'liquidation strategies, crowd', units: crowd.length, run: () => liquidationRun([crowd]) },
  engine(`engine, calm, ${scaling[0]!.length} bars`, [scaling[0]!]),
  engine(`engine, calm, ${scaling[1]!.length} bars`, [scaling[1]!]),
  engine('engine, calm, 50 symbols', symbols),
]

const measured = await interleaved(subjects, repeats)
if (values.json) console.log(JSON.stringify({ bars, repeats, node: process.version, peak_mb: peakMb(), measured }))
else print(measured)

function peakMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024)
}

function print(rows: readonly Measured[]): void {
  const line = (...cells: readonly (string | number)[]): void =>
    console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(34) : String(cell).padStart(14))).join(''))
  line('median', 'bars', 'ns/bar', 'bars/s', 'cold ns/bar', 'trades', 'checksum')
  for (const row of rows) {
    line(
      row.name,
      row.units,
      row.nsPerUnit.toFixed(0),
      Math.round(1e9 / row.nsPerUnit),
      row.coldNs.toFixed(0),
      row.trades,
      row.checksum,
    )
  }
  const ratio = (a: number, b: number): string => (rows[a]!.nsPerUnit / rows[b]!.nsPerUnit).toFixed(1)
  console.log(`\nengine over bare loop: busy ×${ratio(1, 0)}, calm ×${ratio(3, 2)}`)
  console.log(
    `cost per bar, ${rows[6]!.units} bars over ${rows[5]!.units}: ×${ratio(6, 5)}; 50 symbols over one: ×${ratio(7, 3)}`,
  )
  console.log(`peak memory of this process ${peakMb()} MB; ${repeats} repeats, Node ${process.version}`)
}
