import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { PaperSummary } from '../../src/app/paper-session.ts'
import type { TradingSummary } from '../../src/app/trading-session.ts'
import { signed } from './crowded-account.ts'
import { json, serve as serveHttp, type FakeService } from './document-heatmap.ts'
import { lodestone } from './run-cli.ts'
import { bot, clearStage, scratch, serve, type Served } from './served-bot.ts'

let service: FakeService | undefined
afterEach(async () => {
  clearStage()
  await service?.close()
  service = undefined
})

/** The rules of the hour would refuse what these tests are about. */
const tradesAtOnce = {
  LODESTONE__ENTRY__FUNDING_AFTER_SECS: '0',
  LODESTONE__ENTRY__COOLDOWN_HOURS: '0',
  LODESTONE__HEATMAP__LEVELS: 'absolute',
  LODESTONE__HEATMAP__POLL_INTERVAL_SECS: '1',
}

/** Ratio to the price, side, strength: a strong cluster above, and one below for the stop. */
const LEVELS = [
  [1.012, 'short', 0.9],
  [0.985, 'long', 0.55],
] as const

/** A service in the document's words whose map stands still around the price that the exchange had at the first call. */
function mapOf(served: Served): () => Promise<unknown> {
  let levels: readonly number[] | undefined
  return async () => {
    const answer = await fetch(`${served.origin}/fapi/v1/ticker/price?symbol=BTCUSDT`)
    const price = Number(((await answer.json()) as { price: string }).price)
    levels ??= LEVELS.map(([ratio]) => Math.round(price * ratio * 10) / 10)
    return {
      success: true,
      symbol: 'BTCUSDT',
      current_price: price,
      clusters: LEVELS.map(([, side, strength], i) => ({
        price_level: levels![i],
        side,
        leverage_tier: null,
        open_interest: 5_000_000,
        strength,
        distance_from_price: Math.abs(levels![i]! / price - 1) * 100,
        cluster_id: i,
      })),
      total_clusters: LEVELS.length,
    }
  }
}

interface Stop {
  readonly clientAlgoId: string
  readonly orderType: string
  readonly reduceOnly: boolean
  readonly quantity: string
}
const stopsOf = async (served: Served): Promise<readonly Stop[]> =>
  ((await signed(served, 'GET', '/fapi/v1/openAlgoOrders')) as readonly Stop[]).filter(
    ({ orderType, reduceOnly }) => orderType === 'STOP_MARKET' && reduceOnly,
  )

describe('a bot on a heatmap service', () => {
  it('enters on its map; when the service dies it opens nothing, and guards what is open all the same', async () => {
    const served = await serve(1)
    const map = mapOf(served)
    let dead = false
    service = await serveHttp((path, response) => {
      if (dead) {
        response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>')
      } else if (path === '/api/heatmap/BTCUSDT') void map().then((body) => json(response, body))
      else json(response, { detail: 'Not Found' }, 404)
    })
    const environment = {
      ...tradesAtOnce,
      LODESTONE__HEATMAP__SOURCE: 'api',
      LODESTONE__HEATMAP__URL: service.url,
    }
    const running = bot(served, scratch(), '10h', { speed: '1', environment })
    await expect.poll(running.err, { timeout: 60_000 }).toMatch(/BTCUSDT LONG .* liquidation_hunt/)
    await expect.poll(() => stopsOf(served), { timeout: 10_000 }).toHaveLength(1)
    dead = true
    await expect.poll(running.err, { timeout: 20_000 }).toMatch(/no entries on this heatmap: .*status 502/)
    const [lost] = await stopsOf(served)
    await signed(served, 'DELETE', '/fapi/v1/algoOrder', { symbol: 'BTCUSDT', clientAlgoId: lost!.clientAlgoId })
    await expect
      .poll(async () => (await stopsOf(served)).map(({ clientAlgoId }) => clientAlgoId), { timeout: 5_000 })
      .toEqual([expect.not.stringMatching(`^${lost!.clientAlgoId}$`)])
    running.child.kill('SIGTERM')
    expect([await running.ended, running.err()]).toEqual([0, expect.any(String)])
    const summary = JSON.parse(running.out()) as TradingSummary
    expect(summary).toMatchObject({ ended: 'interrupted', open_positions: 1, ledger_agrees: true })
    expect(summary.entry_list).toHaveLength(1)
    const left = await stopsOf(served)
    expect(left.map(({ quantity }) => Number(quantity))).toEqual([Number(lost!.quantity)])
  })

  it('trades on nothing that a hostile service says, and ends as it was told', async () => {
    const answers: readonly (readonly [status: number, type: string, body: string])[] = [
      [200, 'application/json', '{"success":true,"symbol":"BTCUSDT","current_price":59000,"clus'],
      [200, 'application/json', JSON.stringify({ success: true, symbol: 'BTCUSDT', current_price: 1, clusters: [] })],
      [429, 'application/json', '{}'],
      [200, 'text/html', '<html>'],
      [200, 'application/json', '['.repeat(100_000)],
    ]
    let calls = 0
    service = await serveHttp((_path, response) => {
      const [status, type, body] = answers[calls++ % answers.length]!
      response.writeHead(status, { 'content-type': type }).end(body)
    })
    const ended = await lodestone(
      ['trade', '-c', 'config/literal.yaml', '--mode', 'paper', '--duration', '12s', '--headless', '--json'],
      {
        ...tradesAtOnce,
        LODESTONE__HEATMAP__SOURCE: 'api',
        LODESTONE__HEATMAP__URL: service.url,
        LODESTONE__HEATMAP__POLL_INTERVAL_SECS: '0.1',
      },
    )
    expect([ended.code, ended.err]).toEqual([0, expect.stringContaining('no entries on this heatmap')])
    expect(calls).toBeGreaterThan(answers.length)
    const summary = JSON.parse(ended.out) as PaperSummary
    expect(summary).toMatchObject({ ended: 'finished', orders: 0, ledger_agrees: true, alerts: 1 })
  })

  it('takes the map of our own service of the same market', async () => {
    const launcher = resolve(import.meta.dirname, '../../scripts/lodestone.mjs')
    const map = spawn(process.execPath, [launcher, 'heatmap', 'serve', 'BTCUSDT', '--port', '0', '-q'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    try {
      const [url] = (await once(map.stdout.setEncoding('utf8'), 'data')) as [string]
      const ended = await lodestone(
        ['trade', '--mode', 'paper', '--heatmap-url', url.trim(), '--duration', '10s', '--headless', '--json'],
        tradesAtOnce,
      )
      expect([ended.code, ended.err]).toEqual([0, expect.stringContaining('The market is simulated')])
      // A map that is refused is told of.
      expect(JSON.parse(ended.out)).toMatchObject({ ended: 'finished', alerts: 0, to: '2026-01-05T00:00:10.000Z' })
    } finally {
      map.kill('SIGKILL')
    }
  })
})

describe('a heatmap that cannot be traded on', () => {
  it.each([
    [['--heatmap-url', 'http://127.0.0.1:9', '--speed', '60'], /runs at the speed of the wall clock/],
    [['--heatmap-url', 'http://example.com'], /must be https/],
    [['--heatmap-url', 'http://169.254.169.254'], /https|internal network/],
  ])('is refused before anything starts: %j', async (args, sentence) => {
    for (const mode of ['paper', 'testnet']) {
      const { code, out, err } = await lodestone(['trade', '--mode', mode, ...args])
      expect([code, out]).toEqual([4, ''])
      expect(err).toMatch(sentence)
    }
  })

  it('is a recording on a market that runs', async () => {
    for (const mode of ['paper', 'testnet']) {
      const environment = { LODESTONE__HEATMAP__SOURCE: 'recording', LODESTONE__HEATMAP__FILE: 'x.jsonl' }
      const { code, err } = await lodestone(['trade', '--mode', mode], environment)
      expect([code, err]).toEqual([4, expect.stringContaining('is of a time that is over')])
    }
  })
})
