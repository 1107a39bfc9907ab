import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fetchHeatmap } from '../../src/adapter/heatmap/fetch-once.ts'
import { checkBest } from '../../src/adapter/heatmap/best.ts'
import { createHeatmapClient } from '../../src/adapter/heatmap/http.ts'
import type { Cluster } from '../../src/domain/cluster.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { createDoor } from '../../src/heatmap/door.ts'
import { serveHeatmap, type HeatmapServer } from '../../src/server/heatmap.ts'
import type { HeatmapProvider } from '../../src/server/heatmap-provider.ts'

const cluster = (rest: Partial<Cluster>): Cluster => ({
  id: 'c',
  side: 'long',
  priceLow: 97,
  priceMode: 98,
  priceHigh: 98.5,
  notionalUsd: 5_000_000,
  mass: 50_000,
  strength: 0.6,
  leverage: null,
  state: 'active',
  active: true,
  firstSeen: epochMs(1_700_000_000_000),
  lastSeen: epochMs(1_700_000_600_000),
  touchCount: 0,
  ...rest,
})
const clusters = [
  cluster({ id: 'a' }),
  cluster({
    id: 'b',
    side: 'short',
    priceLow: 110,
    priceMode: 110,
    priceHigh: 110,
    strength: 0.9,
    leverage: 10,
    notionalUsd: null,
  }),
  cluster({ id: 'c', priceLow: 80, priceMode: 81, priceHigh: 82, strength: 0.95 }),
  cluster({ id: 'd', priceLow: 90, priceMode: 91, priceHigh: 92, strength: null }),
  cluster({ id: 'e', priceLow: 94, priceMode: 95, priceHigh: 96, strength: 0.3 }),
]
const provider: HeatmapProvider = {
  symbols: () => ['BTCUSDT', 'ETHUSDT'],
  heatmap: (symbol) => {
    if (symbol === 'BTCUSDT') return { symbol, price: 100, clusters, asOf: epochMs(1_700_000_600_000) }
    return symbol === 'ETHUSDT' ? { symbol, price: null, clusters: [], asOf: null } : undefined
  },
  stats: () => ({
    openInterest: {
      BTCUSDT: { asOf: epochMs(0), totalUsd: 9e9, longUsd: 4.5e9, shortUsd: 4.5e9, ratio: 1.3, ratioKind: 'account' },
    },
    totalClusters: 5,
    activeSymbols: 1,
    lastUpdate: epochMs(1_700_000_600_000),
  }),
}

let server: HeatmapServer
beforeEach(async () => {
  const result = await serveHeatmap({
    provider,
    typicalNotionalUsd: 20_000,
    port: 0,
    now: () => epochMs(1_700_000_601_000),
  })
  if (result.kind === 'refused') throw new Error(result.message)
  server = result.server
})
afterEach(() => server.close())

async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(server.url + path)
  return { status: response.status, body: await response.json() }
}
const levels = async (query: string): Promise<readonly number[]> => {
  const { body } = await get(`/api/heatmap/BTCUSDT${query}`)
  return (body as { clusters: { price_level: number }[] }).clusters.map((c) => c.price_level)
}

describe('GET /api/heatmap/{symbol}', () => {
  it('answers in the document’s words', async () => {
    const { status, body } = await get('/api/heatmap/btcusdt?max_distance=2.5')
    expect(status).toBe(200)
    expect(body).toEqual({
      success: true,
      symbol: 'BTCUSDT',
      current_price: 100,
      clusters: [
        {
          price_level: 98,
          side: 'long',
          leverage_tier: null,
          open_interest: 5_000_000,
          liquidation_count: 250,
          strength: 0.6,
          distance_from_price: expect.closeTo(2, 9),
          cluster_id: expect.any(Number),
          last_updated: '2023-11-14T22:23:20.000Z',
          active: true,
          firstSeen: '2023-11-14T22:13:20.000Z',
          lastSeen: '2023-11-14T22:23:20.000Z',
          price_low: 97,
          price_high: 98.5,
        },
      ],
      timestamp: '2023-11-14T22:23:21.000Z',
      total_clusters: 1,
    })
  })

  it.each([
    ['', [95, 98]],
    ['?max_distance=11', [95, 98, 110]],
    ['?max_distance=50', [81, 95, 98, 110]],
    ['?min_strength=0.3', [95, 98]],
    ['?min_strength=0.31', [98]],
    ['?min_strength=0.9&max_distance=50', [81, 110]],
    ['?max_distance=0', []],
    ['?unknown=x', [95, 98]],
  ])('%s', async (query, expected) => expect(await levels(query)).toEqual(expected))

  it.each([
    ['min_strength=x', 'min_strength', 'float_parsing'],
    ['min_strength=', 'min_strength', 'float_parsing'],
    ['min_strength=NaN', 'min_strength', 'float_parsing'],
    ['min_strength=-0.1', 'min_strength', 'greater_than_equal'],
    ['min_strength=1.1', 'min_strength', 'less_than_equal'],
    ['max_distance=50.1', 'max_distance', 'less_than_equal'],
    ['max_distance=1e999', 'max_distance', 'less_than_equal'],
  ])('refuses %s', async (query, name, type) => {
    const { status, body } = await get(`/api/heatmap/BTCUSDT?${query}`)
    expect(status).toBe(422)
    expect(body).toMatchObject({ detail: [{ loc: ['query', name], type }] })
  })

  it('has nothing yet for a symbol without a price', async () => {
    expect((await get('/api/heatmap/ETHUSDT')).body).toMatchObject({
      success: true,
      current_price: null,
      clusters: [],
      total_clusters: 0,
    })
  })

  it('refuses a symbol that is not served', async () => {
    expect(await get('/api/heatmap/dogeusdt')).toEqual({
      status: 400,
      body: { detail: 'Symbol DOGEUSDT not supported' },
    })
    expect((await get('/api/heatmap/%3Cscript%3E')).status).toBe(400)
  })
})

describe('GET /api/heatmap/{symbol}/best', () => {
  it('is the strongest within 10 %, bare', async () => {
    expect(await get('/api/heatmap/BTCUSDT/best')).toMatchObject({ status: 200, body: { price_level: 98 } })
  })
  it('may be none', async () => {
    expect(await get('/api/heatmap/BTCUSDT/best?min_strength=0.99')).toEqual({
      status: 404,
      body: { detail: 'No suitable cluster found' },
    })
    expect((await get('/api/heatmap/ETHUSDT/best')).status).toBe(404)
  })
  it('has the same errors', async () => {
    expect((await get('/api/heatmap/DOGEUSDT/best')).status).toBe(400)
    expect((await get('/api/heatmap/BTCUSDT/best?min_strength=2')).status).toBe(422)
  })
})

describe('GET /api/stats', () => {
  it('has open interest by symbol', async () => {
    expect(await get('/api/stats')).toEqual({
      status: 200,
      body: {
        success: true,
        stats: {
          total_symbols: 2,
          active_symbols: 1,
          total_clusters: 5,
          last_update: '2023-11-14T22:23:20.000Z',
          BTCUSDT: {
            total_oi_usd: 9e9,
            long_oi_usd: 4.5e9,
            short_oi_usd: 4.5e9,
            long_short_ratio: 1.3,
            ratio_kind: 'account',
          },
        },
      },
    })
  })

  it('has it flat as well where there is one symbol only', async () => {
    const single = await serveHeatmap({
      provider: { ...provider, symbols: () => ['BTCUSDT'] },
      typicalNotionalUsd: 20_000,
      port: 0,
    })
    if (single.kind === 'refused') throw new Error(single.message)
    const { stats } = (await (await fetch(`${single.server.url}/api/stats`)).json()) as { stats: unknown }
    await single.server.close()
    expect(stats).toMatchObject({ total_oi_usd: 9e9, long_short_ratio: 1.3 })
  })
})

describe('everything else', () => {
  it.each(['/', '/api/heatmap', '/api/heatmap/BTCUSDT/other', '/api/sentiment/BTCUSDT'])(
    '%s is not found',
    async (path) => {
      expect(await get(path)).toEqual({ status: 404, body: { detail: 'Not Found' } })
    },
  )

  it('is read only', async () => {
    expect((await fetch(`${server.url}/api/stats`, { method: 'POST' })).status).toBe(404)
  })

  it('listens on this machine alone unless told otherwise', async () => {
    expect(new URL(server.url).hostname).toBe('127.0.0.1')
    expect(await serveHeatmap({ provider, typicalNotionalUsd: 1, port: 0, host: '0.0.0.0' })).toMatchObject({
      kind: 'refused',
      code: 'NOT_LOOPBACK',
    })
  })

  it('says that a port is taken', async () => {
    const port = Number(new URL(server.url).port)
    expect(await serveHeatmap({ provider, typicalNotionalUsd: 1, port })).toMatchObject({
      kind: 'refused',
      code: 'PORT_TAKEN',
      message: `port ${port} on 127.0.0.1 is taken`,
    })
  })
})

describe('our client against our server', () => {
  it('gets back what the provider has: zones, sizes, open interest', async () => {
    const created = createHeatmapClient({ url: server.url })
    if (created.kind === 'failed') throw new Error(created.failure.message)
    const client = created.value
    const door = createDoor({
      source: 'heatmap-http@1',
      symbol: 'BTCUSDT',
      tick: 0.1,
      intervalMs: 5_000,
      lagMs: 0,
      priceCollarRatio: 0.005,
      assertAbsolute: true,
    })
    const result = await fetchHeatmap({ client, symbol: 'BTCUSDT', door, own: { price: 100.1, openInterestUsd: 9e9 } })
    if (result.kind === 'failed') throw new Error(result.failure.message)
    const { snapshot, payload } = result.value
    expect(snapshot.quarantined).toEqual([])
    expect(snapshot.referencePrice).toBe(100)
    expect(
      snapshot.levels.map((l) => [l.side, l.priceLow, l.priceMode, l.priceHigh, l.notionalUsd, l.strength, l.leverage]),
    ).toEqual([
      ['long', 80, 81, 82, 5_000_000, 0.95, null],
      ['long', 94, 95, 96, 5_000_000, 0.3, null],
      ['long', 97, 98, 98.5, 5_000_000, 0.6, null],
      ['short', 110, 110, 110, null, 0.9, 10],
    ])
    expect(snapshot.openInterest).toMatchObject({ totalUsd: 9e9, ratio: 1.3, ratioKind: 'account' })
    expect(await checkBest(client, 'BTCUSDT', payload)).toMatchObject({
      kind: 'ok',
      value: { providerPrice: 98, agrees: true },
    })
    client.close()
  })
})
