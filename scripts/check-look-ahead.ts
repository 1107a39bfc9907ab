/**
 * Shows that a run over a file does not read the future:
 *   node scripts/check-look-ahead.ts --data bybit_BTCUSDT_1h.csv.gz [-c config/literal.yaml] [--cuts 8] [--seed 1] [--from 2023-01-01] [--rows 4000]
 * At each of the cuts, drawn at random, the run is repeated twice: on the data before the cut alone, and with everything
 * after the cut's open replaced by another market. What the whole run had decided, sent and been filled by then must be
 * the same to the last character. Ends with 1 at the first difference.
 */
import { parseArgs } from 'node:util'
import { readHistory } from '../src/adapter/history/csv.ts'
import { loadConfig } from '../src/config/load.ts'
import type { BarColumns } from '../src/domain/bar-columns.ts'
import { isoTime } from '../src/domain/time.ts'
import { epochMs } from '../src/domain/unit.ts'
import { createStrategies } from '../src/strategy/registry.ts'
import {
  checkPrefix,
  checkScramble,
  drawCuts,
  prefix,
  record,
  rowsFrom,
  type Difference,
  type Run,
} from './proof/look-ahead.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string', multiple: true },
    config: { type: 'string', short: 'c', multiple: true, default: [] },
    cuts: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string' },
    rows: { type: 'string' },
  },
})

function read(file: string): BarColumns {
  const history = readHistory(file)
  if (history.kind === 'invalid')
    throw new Error(history.problems.map((each) => `${each.where}: ${each.what}`).join('\n'))
  const from = values.from === undefined ? -Infinity : Date.parse(values.from)
  const columns = rowsFrom(history.columns, from)
  return values.rows === undefined ? columns : prefix(columns, columns.openTime[Number(values.rows)] ?? Infinity)
}

function show(difference: Difference): void {
  const { check, cut, time, whole, other } = difference
  console.log(`\nDIFFERENCE (${check}), cut at ${isoTime(epochMs(cut))}, event at ${isoTime(epochMs(time))}`)
  console.log(`  whole run: ${whole}`)
  console.log(`  other run: ${other}`)
}

if (values.data === undefined) throw new Error('give at least one --data FILE')
const columns = values.data.map(read)
const loaded = loadConfig({ files: values.config })
if (loaded.kind === 'invalid') throw new Error(loaded.problems.map((each) => `${each.where}: ${each.what}`).join('\n'))
const { config } = loaded
const run: Run = { config, columns, strategies: () => createStrategies(config) }
const seed = Number(values.seed)

const whole = await record(run)
const [reference] = columns
console.log(
  `${columns.map((each) => `${each.symbol} ${each.length} bars`).join(', ')}, ${isoTime(epochMs(reference!.openTime[0]!))} to ${isoTime(epochMs(reference!.openTime[reference!.length - 1]!))}`,
)
console.log(
  `whole run: ${whole.trades.length} trades, ${whole.submits} orders sent, ${whole.fills} fills, ${whole.lines.length} effects and account events`,
)
if (whole.trades.length === 0) console.log('nothing was traded: the check says nothing about decisions to enter')

const cuts = drawCuts(reference!, Number(values.cuts), seed)
let compared = 0
let closed = 0
let different = 0
for (const [index, cut] of cuts.entries()) {
  const found = (await checkPrefix(run, whole, cut)) ?? (await checkScramble(run, whole, cut, seed + index))
  const lines = whole.times.filter((time) => time <= cut).length
  const trades = whole.trades.filter((trade) => trade.exitTime < cut).length
  compared += lines
  closed += trades
  console.log(
    `cut ${index + 1} at ${isoTime(epochMs(cut))}: ${trades} closed trades and ${lines} lines before it ${found === null ? 'the same in both runs' : 'DIFFER'}`,
  )
  if (found === null) continue
  if (different === 0) show(found)
  different++
}
console.log(
  `${cuts.length} cuts, ${closed} closed trades and ${compared} lines compared, ${different} cuts with a difference`,
)
process.exitCode = different === 0 ? 0 : 1
