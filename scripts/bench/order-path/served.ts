import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const LAUNCHER = resolve(import.meta.dirname, '../../lodestone.mjs')
export const PRICE = 50_000
const DAYS = 12
const BAR_MS = 300_000

export interface Served {
  readonly origin: string
  readonly control: string
  readonly key: string
  readonly secret: string
  stop(): Promise<void>
}

/** The embedded exchange in a process of its own, on a market that stands still; an order is matched as it arrives. */
export async function serve(directory: string, speed: string): Promise<Served> {
  const rows = Array.from({ length: (DAYS * 86_400_000) / BAR_MS }, (_, i) =>
    [Date.UTC(2025, 0, 1) + i * BAR_MS, PRICE, PRICE + 5, PRICE - 5, PRICE, 5_000, 5_000 * PRICE, 2_500, 40_000].join(
      ',',
    ),
  )
  const tape = join(directory, 'BTCUSDT_5m.csv')
  writeFileSync(tape, ['ts,open,high,low,close,volume,turnover,taker_buy_volume,open_interest', ...rows, ''].join('\n'))
  const config = join(directory, 'exchange.yaml')
  writeFileSync(config, 'simulation: { latency_ms: 0 }\n')
  const args = ['exchange', 'serve', '--parent', '-c', config, '--port', '0', '--json', '--balance', '10000000']
  const child = spawn(process.execPath, [LAUNCHER, ...args, '--speed', speed, '--tape', tape], {
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  while (!out.includes('\n')) await once(child.stdout, 'data')
  const said = JSON.parse(out) as Omit<Served, 'stop'>
  return {
    ...said,
    async stop() {
      child.stdin.end()
      await once(child, 'close')
    },
  }
}

/** The exchange's market time. */
export async function timeOf({ origin }: Served): Promise<number> {
  return ((await (await fetch(`${origin}/fapi/v1/time`)).json()) as { serverTime: number }).serverTime
}
