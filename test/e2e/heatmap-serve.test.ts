import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { exampleMap, json, serve, serveMap, type FakeService } from './document-heatmap.ts'
import { lodestone } from './run-cli.ts'

const root = resolve(import.meta.dirname, '../..')
const directory = mkdtempSync(join(tmpdir(), 'lodestone-heatmap-'))
afterAll(() => rmSync(directory, { recursive: true }))

let child: ChildProcess | undefined
let service: FakeService | undefined
afterEach(async () => {
  if (child && child.exitCode === null) child.kill('SIGKILL')
  child = undefined
  await service?.close()
  service = undefined
})

/** Sixty days of hourly candles with open interest: a slow wave with a faster one on it. */
function candles(name: string): string {
  const rows = ['open_time,open,high,low,close,volume,turnover,open_interest,funding_rate']
  let before = 60_000
  for (let hour = 0; hour < 60 * 24; hour++) {
    const close = Math.round((60_000 + 1_500 * Math.sin(hour / 110) + 500 * Math.sin(hour / 7)) * 10) / 10
    const [high, low] = [Math.max(before, close) + 120, Math.min(before, close) - 120]
    const openInterest = 50_000 + 4_000 * Math.sin(hour / 9)
    rows.push([Date.UTC(2025, 0, 1, hour), before, high, low, close, 900, 900 * close, openInterest, 0.0001].join(','))
    before = close
  }
  const path = join(directory, name)
  writeFileSync(path, `${rows.join('\n')}\n`)
  return path
}

interface Started {
  readonly url: string
  readonly err: () => string
  readonly stop: () => Promise<number | null>
}

async function start(args: readonly string[]): Promise<Started> {
  const started = spawn(
    process.execPath,
    [resolve(root, 'scripts/lodestone.mjs'), 'heatmap', 'serve', '--port', '0', ...args],
    { cwd: root },
  )
  child = started
  let err = ''
  let out = ''
  started.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
  started.stdout.setEncoding('utf8')
  const url = await new Promise<string>((done, failed) => {
    started.stdout.on('data', (text: string) => {
      out += text
      if (out.includes('\n')) done(out.trim())
    })
    started.on('close', (code) => failed(new Error(`ended with ${code}: ${err}`)))
  })
  return {
    url,
    err: () => err,
    async stop() {
      const closed = once(started, 'close')
      started.kill('SIGINT')
      const [code] = (await closed) as [number | null]
      return code
    },
  }
}

interface Levels {
  readonly current_price: number
  readonly modelled: boolean
  readonly clusters: readonly {
    readonly price_level: number
    readonly side: string
    readonly strength: number | null
    readonly open_interest: number
  }[]
  readonly cascade: readonly { readonly move_pct: number; readonly down_usd: number; readonly up_usd: number }[]
}

const levelsOf = async (args: readonly string[]): Promise<Levels> => {
  const { code, out, err } = await lodestone(['levels', 'BTCUSDT', '--json', ...args])
  expect([code, err]).toEqual([0, expect.stringContaining('modelled levels')])
  return JSON.parse(out) as Levels
}

describe('heatmap serve', () => {
  it('serves the map at the end of candles, and our own commands read it back', async () => {
    const file = candles('bybit_BTCUSDT_1h.csv')
    const served = await start(['--data', file])
    const here = await levelsOf(['--data', file])
    const there = await levelsOf(['--heatmap-url', served.url])
    expect(served.err()).toContain('MODELLED MAP of BTCUSDT')
    expect(there).toMatchObject({ current_price: here.current_price, modelled: true })
    expect(there.clusters.length).toBeGreaterThan(3)
    const known = here.clusters.filter((c) => c.strength !== null)
    for (const { price_level, side } of there.clusters)
      expect(known).toContainEqual(expect.objectContaining({ price_level, side }))
    expect(here.cascade.map((r) => r.move_pct)).toEqual([0.5, 1, 2, 5])
    const signal = await lodestone(['signal', 'BTCUSDT', '--json', '--heatmap-url', served.url])
    expect(signal.code).toBe(0)
    expect(Array.isArray(JSON.parse(signal.out))).toBe(true)
    expect(await served.stop()).toBe(0)
  })

  it('serves the simulated crowd and says that both map and market are invented', async () => {
    const served = await start(['BTCUSDT', '--seed', '3', '--speed', '600'])
    expect(served.err()).toContain('SIMULATED MARKET')
    expect(served.err()).toContain('MODELLED MAP')
    const answer = async (): Promise<{ current_price: number; clusters: readonly unknown[] }> =>
      (await (await fetch(`${served.url}/api/heatmap/BTCUSDT`)).json()) as {
        current_price: number
        clusters: readonly unknown[]
      }
    const first = await answer()
    expect(first.clusters.length).toBeGreaterThan(0)
    await expect.poll(async () => (await answer()).current_price, { timeout: 20_000 }).not.toBe(first.current_price)
    expect(await served.stop()).toBe(0)
  })

  it('says so when its port is taken', async () => {
    const file = candles('binance_BTCUSDT_1h.csv')
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const { port } = other.address() as AddressInfo
    const { code, out, err } = await lodestone(['heatmap', 'serve', '--data', file, '--port', `${port}`])
    other.close()
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(`port ${port} on 127.0.0.1 is taken`)
  })
})

describe('levels and stats', () => {
  it('show the example’s clusters with their bands, and the cascade', async () => {
    service = await serveMap(exampleMap('open_interest'))
    const { clusters, cascade } = await levelsOf(['--heatmap-url', service.url])
    expect(clusters.map((c) => c.price_level)).toEqual([89_650, 89_427.01, 88_750, 88_400])
    expect(clusters[1]).toMatchObject({
      strength_band: 'very_strong',
      distance_band: 'immediate',
      open_interest_band: 'high',
      state: 'active',
      active: true,
    })
    // Within 0.5 % above, to 89,620.98: the 3.5M; below, to 88,729.2: the 2.2M. Within 1 % all of them.
    expect(cascade.slice(0, 2)).toEqual([
      { move_pct: 0.5, down_usd: 2_200_000, up_usd: 3_500_000 },
      { move_pct: 1, down_usd: 4_700_000, up_usd: 5_600_000 },
    ])
    const table = await lodestone(['levels', 'BTCUSDT', '--heatmap-url', service.url])
    expect(table.out).toMatch(
      /89427\.0\s+short\s+100x\s+\$3\.5M\s+high\s+0\.85\s+very strong\s+0\.28 %\s+immediate\s+active/,
    )
  })

  it('show the example’s open interest and sentiment', async () => {
    service = await serveMap(exampleMap('open_interest'))
    const { code, out } = await lodestone(['stats', 'BTCUSDT', '--json', '--heatmap-url', service.url])
    expect(code).toBe(0)
    // 2.2M + 3.5M at 100x, 2.5M + 2.1M at 50x: 5.7 and 4.6 of 10.3.
    expect(JSON.parse(out)).toMatchObject({
      total_oi_usd: 6_200_000_000,
      long_oi_usd: 3_316_000_000,
      short_oi_usd: 2_884_000_000,
      long_short_ratio: 1.15,
      ratio_kind: 'unknown',
      sentiment: 'BULLISH_BIAS',
      crowding: 'BALANCED',
      funding_rate_pct: null,
      leverage_mix: {
        tiers: [
          { leverage: 100, notional_usd: 5_700_000, share_ratio: 0.5534 },
          { leverage: 50, notional_usd: 4_600_000, share_ratio: 0.4466 },
        ],
      },
      age_secs: { price: 0, heatmap: 0, candles: null },
    })
  })
})

describe('record', () => {
  it('keeps every answer, counts failures, and its file can be read back', async () => {
    let calls = 0
    service = await serve((path, response) => {
      if (path !== '/api/heatmap/BTCUSDT') return json(response, { detail: 'Not Found' }, 404)
      calls++
      if (calls === 2) return json(response, 'oops', 500)
      return json(response, exampleMap('total_notional'))
    })
    const out = join(directory, 'btc.jsonl')
    const environment = { LODESTONE__HEATMAP__POLL_INTERVAL_SECS: '0.1' }
    const ended = await lodestone(
      ['record', 'BTCUSDT', '--heatmap-url', service.url, '--out', out, '--duration', '3s', '--json'],
      environment,
    )
    expect(ended.code).toBe(0)
    const summary = JSON.parse(ended.out) as {
      responses: number
      usable_maps: number
      failures: number
      failures_by_code: object
    }
    expect(summary).toMatchObject({ failures: 1, failures_by_code: { SERVER_ERROR: 1 } })
    expect(summary.usable_maps).toBeGreaterThan(2)
    expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(summary.responses)
    const config = join(directory, 'recording.yaml')
    writeFileSync(config, `heatmap: {source: recording, file: ${out}}\n`)
    const read = await lodestone(['levels', 'BTCUSDT', '--json', '-c', config])
    expect([read.code, (JSON.parse(read.out) as Levels).clusters.map((c) => c.price_level)]).toEqual([
      0,
      [89_650, 89_427.01, 88_750, 88_400],
    ])
  })

  it('ends with code 2 when the service does not know the symbols', async () => {
    service = await serve((_path, response) => json(response, { detail: 'Symbol XYZUSDT not supported' }, 400))
    const { code, err } = await lodestone([
      'record',
      'XYZUSDT',
      '--heatmap-url',
      service.url,
      '--out',
      join(directory, 'none.jsonl'),
    ])
    expect(code).toBe(2)
    expect(err).toContain('UNSUPPORTED_SYMBOL 1')
  })

  it('asks for what is missing', async () => {
    const ended = await lodestone(['record', 'BTCUSDT', '--out', join(directory, 'x.jsonl')])
    expect([ended.code, ended.out]).toEqual([4, ''])
    expect(ended.err).toContain('--heatmap-url')
  })
})
