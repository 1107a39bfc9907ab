import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { isOpenAlgo, isOpenRegular } from '../../src/exchange/protocol/binance-usdm/order-record.ts'
import type { BinanceServer } from '../../src/exchange/protocol/binance-usdm/server.ts'
import { KEY, SECRET, startEmbedded } from '../fixture/embedded-binance.ts'
import { tick } from '../unit/exchange/fixture.ts'

let server: BinanceServer
let child: ChildProcess | undefined
afterEach(async () => {
  child?.kill('SIGKILL')
  await server.close()
})

/** A minute at a price, in real time. */
const MINUTE = Array.from({ length: 600 }, (_, i) => tick(i * 100, 50_000, { minuteVolume: 1_000_000 }))

/** A process at an exchange whose countdown takes conditional orders too, the worst that may be; stopped when it has traded. */
async function stoppedBot(more: string): Promise<void> {
  server = await startEmbedded(MINUTE, { drive: 1, countdownCoversAlgo: true })
  const script = new URL('../fixture/resting-bot.ts', import.meta.url).pathname
  const { origin, streamOrigin, now } = server
  child = spawn(process.execPath, [script, origin, streamOrigin, String(now), KEY, SECRET, more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout!, 'data')
}

const resting = (): readonly string[] => {
  const { regular, algo } = server.account.orders
  return [
    ...[...regular.values()].filter(isOpenRegular).map(({ type }) => type),
    ...[...algo.values()].filter(isOpenAlgo).map(({ type }) => type),
  ]
}
const countdowns = (): readonly (string | undefined)[] =>
  server.requests
    .filter(({ path }) => path === '/fapi/v1/countdownCancelAll')
    .map(({ parameters }) => parameters['countdownTime'])
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

describe('a dead man’s switch', () => {
  it('keeps a resting entry while the bot lives, and takes it when the bot stands still', async () => {
    await stoppedBot('')
    await pause(2_000)
    expect(resting()).toEqual(['LIMIT'])
    expect(countdowns().length).toBeGreaterThan(2)
    child!.kill('SIGSTOP')
    await expect.poll(resting, { timeout: 2_500 }).toEqual([])
  })

  it('is off before a stop rests, so that it never takes one', async () => {
    await stoppedBot('stop')
    expect(resting()).toEqual(['LIMIT', 'STOP_MARKET'])
    expect([countdowns().includes('1500'), countdowns().at(-1)]).toEqual([true, '0'])
    child!.kill('SIGSTOP')
    await pause(2_000)
    expect(resting()).toEqual(['LIMIT', 'STOP_MARKET'])
  })
})
