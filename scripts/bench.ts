import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { interleaved, type Measured } from './bench/measure.ts'
import { startToReport } from './bench/start-to-report.ts'
import type { Subject } from './bench/subject.ts'
import { table } from './bench/table.ts'

/**
 * Speed of the whole engine beside a bare loop of the same strategy: `npm run bench -- [--quick] [--json]`. Medians after
 * a warm-up, the subjects in turn, each in a process of its own; trust the ratios more than the absolutes. Then what a
 * start costs, and the estimator by itself. `--json`: the speeds alone.
 */
const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
})
const bars = values.quick ? 300_000 : 1_000_000
const repeats = values.quick ? 3 : 5
const most = values.quick ? bars : 10_000_000
const single = { bars, symbols: 1, rounds: 1 }

const subjects: readonly Subject[] = [
  { ...single, name: 'bare loop, busy', runs: 'bare loop', market: 'busy' },
  { ...single, name: 'engine, busy', runs: 'engine', market: 'busy' },
  { ...single, name: 'bare loop, calm', runs: 'bare loop', market: 'calm' },
  { ...single, name: 'engine, calm', runs: 'engine', market: 'calm' },
  { ...single, name: 'engine, calm, few bars', runs: 'engine', market: 'calm', bars: bars / 10, rounds: 10 },
  { ...single, name: 'engine, calm, many bars', runs: 'engine', market: 'calm', bars: most },
  { ...single, name: 'engine, calm, 50 symbols', runs: 'engine', market: 'calm', symbols: 50 },
  { ...single, name: 'liquidation strategies, crowd', runs: 'liquidation', market: 'crowd' },
]

console.error(`making up ${bars} bars of each kind …`)
const measured = await interleaved(subjects, repeats)
if (values.json) console.log(JSON.stringify({ bars, repeats, node: process.version, measured }))
else {
  print(measured)
  console.log(`\n${startToReport([1, 3, 7].map((i) => subjects[i]!))}\n`)
  const estimator = fileURLToPath(new URL('bench/estimator.ts', import.meta.url))
  execFileSync(process.execPath, [estimator, String(bars / 5)], { stdio: 'inherit' })
}

function print(rows: readonly Measured[]): void {
  const head = ['median', 'bars', 'ns/bar', 'bars/s', 'cold ns/bar', 'trades', 'peak, MiB', 'checksum']
  const cells = rows.map((row) => [
    row.name,
    row.bars,
    row.nsPerBar,
    1e9 / row.nsPerBar,
    row.coldNs,
    row.trades,
    row.peakMb,
    row.checksum,
  ])
  const ratio = (a: number, b: number): string => (rows[a]!.nsPerBar / rows[b]!.nsPerBar).toFixed(2)
  console.log(table(head, cells))
  console.log(`\nengine over bare loop: busy ×${ratio(1, 0)}, calm ×${ratio(3, 2)}`)
  console.log(`cost a bar: many bars over few ×${ratio(5, 4)}; 50 symbols over one ×${ratio(6, 3)}`)
  console.log(`${repeats} repeats, Node ${process.version}`)
}
