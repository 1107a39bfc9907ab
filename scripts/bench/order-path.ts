/**
 * The way of an order, paced: a price arrives after a pause, the bot decides, and the signed order is on the socket.
 * The embedded exchange runs in a process of its own; ccxt by itself and a hand-signed request are measured in turn.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBot, type Way } from './order-path/bot.ts'
import { bareCcxt, ccxtBracket, handSigned, openBareCcxt } from './order-path/rivals.ts'
import { PRICE, serve } from './order-path/served.ts'
import { watchSockets } from './order-path/socket-clock.ts'
import { startOfBot } from './order-path/start.ts'
import { table } from './table.ts'

const WARM = 20
const SAMPLES = Number(process.env['SAMPLES'] ?? 100)
const IDLE_MS = 200
const BRACKETS = 7
const BRACKET_IDLE_MS = 1_600

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)
const at = (values: readonly number[], share: number): number =>
  sorted(values)[Math.min(values.length - 1, Math.floor(values.length * share))]!
const ms = (value: number): string => value.toFixed(3)
const row = (name: string, values: readonly number[]): string[] => [name, ms(at(values, 0.5)), ms(at(values, 0.99))]

const raw = { file: -1, page: Buffer.alloc(4_096, 1) }

/** One page, durably: the least that a commit can cost on this disk, after the same idle. */
function rawSync(): number {
  const from = performance.now()
  writeSync(raw.file, raw.page)
  fdatasyncSync(raw.file)
  return performance.now() - from
}

const directory = mkdtempSync(join(tmpdir(), 'lodestone-bench-'))
const sockets = watchSockets()
raw.file = openSync(join(directory, 'raw'), 'w')
const served = await serve(directory, '1')
const bot = await createBot(served, directory, sockets)
const bare = await bareCcxt(served, sockets)
const hand = await handSigned(served, sockets)

for (let i = 0; i < WARM; i += 1) {
  await bot.enter(0)
  await bare.order()
  await hand.order()
}
const ways: Way[] = []
const bares: number[] = []
const hands: number[] = []
const syncs: number[] = []
for (let i = 0; i < SAMPLES; i += 1) {
  ways.push(await bot.enter(IDLE_MS))
  await pause(IDLE_MS)
  bares.push(await bare.order())
  await pause(IDLE_MS)
  hands.push(await hand.order())
  await pause(IDLE_MS)
  syncs.push(rawSync())
}
const defaults = await openBareCcxt(served, true)
const ours: number[] = []
const theirs: number[] = []
for (let i = 0; i < BRACKETS; i += 1) {
  ours.push(await bot.bracket(BRACKET_IDLE_MS))
  await pause(BRACKET_IDLE_MS)
  theirs.push(await ccxtBracket(defaults, PRICE))
}
closeSync(raw.file)
await defaults.close()
await bare.close()
await hand.close()
await bot.close()
await served.stop()
const start = await startOfBot(directory)
rmSync(directory, { recursive: true })

const commits = ways.map(({ journal }) => journal)
const own = ways.map((way) => way.own)
const totals = ways.map(({ total }) => total)
console.log(
  table(
    ['price event → signed order on the socket, ms', 'median', 'p99'],
    [
      row(`Lodestone, ${SAMPLES} entries, ${IDLE_MS} ms of idle before each`, totals),
      row(
        '  ccxt’s share',
        ways.map(({ ccxt }) => ccxt),
      ),
      row('  the durable journal’s share', commits),
      row('  our own share', own),
      row(
        '    of it from ccxt’s hands to the socket',
        ways.map(({ http }) => http),
      ),
      row('ccxt createOrder by itself, limiter off', bares),
      row('hand-signed node:http request, kept alive', hands),
      row(`entry + stop + target acknowledged, ${BRACKET_IDLE_MS} ms of idle: Lodestone`, ours),
      row('  ccxt’s defaults', theirs),
      row('raw append + fdatasync of a page', syncs),
    ],
  ),
)
const ratio = at(commits, 0.5) / at(syncs, 0.5)
// Our HTTP request stands in place of ccxt’s own, so that the whole way of both is compared, and the journal’s with the disk’s.
const added = at(totals, 0.5) - at(bares, 0.5) - at(syncs, 0.5)
const holds = (is: boolean): string => (is ? 'holds' : 'MISSED')
console.log('')
console.log(
  table(
    ['target', 'is', ''],
    [
      [
        'own share ≤ 0.5 ms median, all that is not ccxt’s code or the journal',
        `${ms(at(own, 0.5))} ms`,
        holds(at(own, 0.5) <= 0.5),
      ],
      ['own share ≤ 0.5 ms, beyond createOrder by itself and a raw fdatasync', `${ms(added)} ms`, holds(added <= 0.5)],
      ['bracket acknowledged ≤ 10 ms median', `${ms(at(ours, 0.5))} ms`, holds(at(ours, 0.5) <= 10)],
      ['durable intent ≤ 2 × raw fdatasync', `${ratio.toFixed(2)} ×`, holds(ratio <= 2)],
      ['start → first decision ≤ 1 s', `${start.firstMs.toFixed(0)} ms`, holds(start.firstMs <= 1_000)],
      ['resident ≤ 200 MB', `${start.residentMb.toFixed(0)} MB`, holds(start.residentMb <= 200)],
    ],
  ),
)
