/**
 * The same seed in the exchange's own process and through ccxt over sockets, entry by entry:
 * `node scripts/parity.ts [--duration 2d] [--seeds 1,2,3]`. Exit 1 below 95 %.
 */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { table } from './bench/table.ts'

interface Entry {
  readonly signal: string
  readonly time: string
  readonly side: string
  readonly quantity: string
}
interface Summary {
  readonly entry_list: readonly Entry[]
  readonly trades: number
  readonly final_balance: string
  readonly ledger_agrees: boolean | null
  readonly corrections?: number
  readonly wall_seconds?: number
}

const { values } = parseArgs({
  options: {
    duration: { type: 'string', default: '2d' },
    seeds: { type: 'string', default: '1' },
    pairs: { type: 'string', default: 'BTCUSDT,ETHUSDT,SOLUSDT' },
  },
})
const launcher = fileURLToPath(new URL('lodestone.mjs', import.meta.url))
const SHARE = 0.95
const MAX_OUTPUT = 64 * 1024 * 1024

function run(mode: 'paper' | 'testnet', seed: string): Summary {
  const options = [
    '--mode',
    mode,
    '--duration',
    values.duration,
    '--speed',
    'max',
    '--seed',
    seed,
    '--headless',
    '--json',
  ]
  const env = { ...process.env, LODESTONE__EXCHANGE__PAIRS: values.pairs }
  const out = execFileSync(process.execPath, [launcher, 'trade', ...options], {
    encoding: 'utf8',
    env,
    maxBuffer: MAX_OUTPUT,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return JSON.parse(out) as Summary
}

let same = 0
let all = 0
const rows: (readonly (string | number)[])[] = []
const divergences: string[] = []
for (const seed of values.seeds.split(',')) {
  const paper = run('paper', seed)
  const testnet = run('testnet', seed)
  const found = new Map(testnet.entry_list.map((entry) => [entry.signal, entry]))
  const equal = paper.entry_list.filter(({ signal }) => found.has(signal))
  same += equal.length
  all += Math.max(paper.entry_list.length, testnet.entry_list.length)
  const first = paper.entry_list.find(({ signal }, i) => testnet.entry_list[i]?.signal !== signal)
  if (first) {
    const other = testnet.entry_list[paper.entry_list.indexOf(first)]
    divergences.push(
      `seed ${seed}: first at ${first.time}: in process ${first.signal} ${first.quantity}; over sockets ${other ? `${other.time} ${other.signal} ${other.quantity}` : 'nothing'}`,
    )
  }
  const exact = equal.filter((entry) => {
    const other = found.get(entry.signal)!
    return other.time === entry.time && other.quantity === entry.quantity
  })
  rows.push([
    `seed ${seed}`,
    paper.entry_list.length,
    testnet.entry_list.length,
    equal.length,
    exact.length,
    paper.final_balance,
    testnet.final_balance,
    String(testnet.ledger_agrees),
    testnet.corrections ?? 0,
    (testnet.wall_seconds ?? 0).toFixed(1),
  ])
}
const head = [
  values.duration,
  'entries in process',
  'over sockets',
  'same signal',
  'and time, quantity',
  'balance in process',
  'over sockets ',
  'ledger agrees',
  'corrections',
  'wall s',
]
console.log(table(head, rows))
for (const line of divergences) console.log(line)
const share = all === 0 ? 1 : same / all
console.log(`${same} of ${all} entries are the same: ${(share * 100).toFixed(1)} %`)
if (share < SHARE) process.exitCode = 1
