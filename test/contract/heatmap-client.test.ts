import type { IncomingMessage, ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { checkBest } from '../../src/adapter/heatmap/best.ts'
import type { HeatmapFailure } from '../../src/adapter/heatmap/failure.ts'
import { fetchHeatmap } from '../../src/adapter/heatmap/fetch-once.ts'
import { createHeatmapClient, withRetries, type HeatmapClient } from '../../src/adapter/heatmap/http.ts'
import { backoffMs, createHeatmapPoller, type PollReport } from '../../src/adapter/heatmap/poller.ts'
import { heatmapPath, readPayload } from '../../src/adapter/heatmap/wire.ts'
import type { HeatmapPayload } from '../../src/domain/heatmap-payload.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { createDoor } from '../../src/heatmap/door.ts'
import { fakeService, sendJson, type FakeService } from './fake-provider.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
})

async function serviceThat(answer: Parameters<typeof fakeService>[0]): Promise<FakeService> {
  const service = await fakeService(answer)
  cleanups.push(() => service.close())
  return service
}
function clientOf(url: string, deadlineMs = 5_000): HeatmapClient {
  const created = createHeatmapClient({ url, deadlineMs })
  if (created.kind === 'failed') throw new Error(created.failure.message)
  cleanups.push(() => created.value.close())
  return created.value
}
const door = () =>
  createDoor({
    source: 'heatmap-http@1',
    symbol: 'BTCUSDT',
    tick: 0.1,
    intervalMs: 5_000,
    lagMs: 0,
    priceCollarRatio: 0.005,
    assertAbsolute: true,
  })
const own = { price: 100, openInterestUsd: null }
const cluster = { price_level: 98, side: 'long', strength: 0.6, total_notional: 1e6, leverage_tier: 50 }
const map = (clusters: readonly unknown[] = [cluster]) => ({
  success: true,
  symbol: 'BTCUSDT',
  current_price: 100,
  clusters,
  total_clusters: clusters.length,
})

async function readOnce(
  answer: (response: ServerResponse) => void,
  deadlineMs?: number,
): Promise<HeatmapPayload | HeatmapFailure> {
  const service = await serviceThat((_, response) => answer(response))
  const fetched = await clientOf(service.url, deadlineMs).get(heatmapPath('BTCUSDT'))
  const read = fetched.kind === 'ok' ? readPayload(fetched.value) : fetched
  return read.kind === 'ok' ? read.value : read.failure
}

describe('a good service', () => {
  it('is asked for everything, and answered for', async () => {
    const service = await serviceThat((_, response) => sendJson(response, map()))
    const fetched = await clientOf(`${service.url}/`).get(heatmapPath('BTCUSDT'))
    expect(service.requests).toEqual(['/api/heatmap/BTCUSDT?min_strength=0&max_distance=50'])
    expect(fetched).toMatchObject({
      kind: 'ok',
      value: { status: 200, contentType: 'application/json', request: service.requests[0] },
    })
    if (fetched.kind === 'ok') {
      expect(fetched.value.body.toString()).toBe(JSON.stringify(map()))
      expect(fetched.value.sha256).toMatch(/^[0-9a-f]{64}$/)
    }
  })

  it('may compress', async () => {
    const payload = await readOnce((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(gzipSync(JSON.stringify(map())))
    })
    expect(payload).toMatchObject({ symbol: 'BTCUSDT', clusters: [cluster] })
  })

  it('may have nothing to say yet', async () => {
    expect(await readOnce((r) => sendJson(r, { ...map([]), current_price: null }))).toMatchObject({
      currentPrice: null,
      clusters: [],
    })
  })
})

describe('a hostile or broken service', () => {
  it.each<readonly [string, (response: ServerResponse) => void, Partial<HeatmapFailure>]>([
    ['sends NaN', (r) => sendJson(r, '{"success":true,"current_price":NaN}'), { code: 'BAD_JSON' }],
    ['sends half of its JSON', (r) => sendJson(r, JSON.stringify(map()).slice(0, 60)), { code: 'BAD_JSON' }],
    ['nests deeply', (r) => sendJson(r, '['.repeat(100_000)), { code: 'TOO_DEEP' }],
    ['reports no success', (r) => sendJson(r, { success: false }), { code: 'NOT_SUCCESSFUL' }],
    [
      'answers HTML with 200',
      (r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html></html>'),
      { code: 'BAD_CONTENT_TYPE' },
    ],
    [
      'answers HTML with 502',
      (r) => r.writeHead(502, { 'content-type': 'text/html' }).end('<html></html>'),
      { code: 'SERVER_ERROR', kind: 'transient' },
    ],
    [
      'does not know the symbol',
      (r) => sendJson(r, { detail: 'Symbol BTCUSDT not supported' }, 400),
      { code: 'UNSUPPORTED_SYMBOL', kind: 'permanent' },
    ],
    [
      'does not know the path',
      (r) => sendJson(r, { detail: 'Not Found' }, 404),
      { code: 'WRONG_PATH', kind: 'permanent' },
    ],
    [
      'does not understand',
      (r) => sendJson(r, { detail: [{ loc: [], msg: '', type: '' }] }, 422),
      { code: 'BAD_REQUEST', kind: 'permanent' },
    ],
    [
      'wants patience',
      (r) => sendJson(r, '', 429, { 'retry-after': '3' }),
      { code: 'RATE_LIMITED', retryAfterMs: 3_000 },
    ],
    ['hangs up', (r) => r.destroy(), { code: 'NETWORK' }],
    [
      'hangs up in the middle',
      (r) => {
        r.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        r.write('{')
        setImmediate(() => r.destroy())
      },
      { code: 'NETWORK' },
    ],
    [
      'lies about compression',
      (r) => r.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end('{}'),
      { code: 'NETWORK' },
    ],
  ])('%s', async (_, answer, expected) => {
    expect(await readOnce(answer)).toMatchObject(expected)
  })

  it('sends 50 MB', async () => {
    const chunk = Buffer.alloc(1 << 20, 0x20)
    let sent = 0
    const failure = await readOnce((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const more = (): void => {
        while (sent < 50 && !response.destroyed) {
          sent++
          if (!response.write(chunk)) {
            response.once('drain', more)
            return
          }
        }
        response.end()
      }
      more()
    })
    expect(failure).toMatchObject({ code: 'TOO_LARGE' })
    expect(sent).toBeLessThan(50)
  })

  it('sends 50 MB as 50 kB of gzip', async () => {
    const bomb = gzipSync(Buffer.alloc(50 << 20, 0x20))
    expect(bomb.length).toBeLessThan(100_000)
    const failure = await readOnce((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.end(bomb)
    })
    expect(failure).toMatchObject({ code: 'TOO_LARGE' })
  })

  it('never finishes its body', async () => {
    const failure = await readOnce((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 10)
      response.on('close', () => clearInterval(drip))
    }, 150)
    expect(failure).toMatchObject({ code: 'TIMEOUT', kind: 'transient' })
  })

  it('never answers', async () => {
    expect(await readOnce(() => undefined, 100)).toMatchObject({ code: 'TIMEOUT' })
  })

  it('redirects, to another host or its own', async () => {
    const elsewhere = await serviceThat((_, response) => sendJson(response, map()))
    const failure = await readOnce((response) =>
      response.writeHead(302, { location: elsewhere.url, 'content-type': 'text/html' }).end(),
    )
    expect(failure).toMatchObject({ code: 'REDIRECT' })
    expect(elsewhere.requests).toEqual([])
  })

  it('pollutes no prototype', async () => {
    const payload = await readOnce((r) =>
      sendJson(
        r,
        '{"__proto__":{"polluted":1},"success":true,"symbol":"BTCUSDT","current_price":100,"clusters":[{"__proto__":{"side":"long"},"price_level":98}]}',
      ),
    )
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    const result = door().open(
      { payload: payload as HeatmapPayload, receivedAt: epochMs(0), sha256: '', openInterest: null },
      own,
    )
    expect(result).toMatchObject({ kind: 'rejected', code: 'QUARANTINE_SHARE' })
  })

  it('sends absurd clusters among good ones', async () => {
    const bad = [
      { ...cluster, price_level: -98 },
      { ...cluster, price_level: 102 },
      { ...cluster, strength: 7 },
      { ...cluster, total_notional: 1e308 },
    ]
    const good = [97, 96, 95, 94].map((price_level) => ({ ...cluster, price_level }))
    const payload = await readOnce((r) =>
      sendJson(r, JSON.stringify(map([...bad, ...good])).replace('1e+308', '1e999')),
    )
    const result = door().open(
      { payload: payload as HeatmapPayload, receivedAt: epochMs(0), sha256: '', openInterest: null },
      own,
    )
    expect(result).toMatchObject({
      kind: 'admitted',
      snapshot: { levels: good.map(({ price_level }) => ({ priceMode: price_level })).toReversed() },
    })
  })
})

describe('a client', () => {
  it.each(['http://example.com', 'https://10.0.0.1', 'nonsense'])('is not made for %s', (url) => {
    expect(createHeatmapClient({ url })).toMatchObject({ kind: 'failed', failure: { kind: 'permanent' } })
  })

  it('says so when nobody listens', async () => {
    const service = await fakeService(() => undefined)
    await service.close()
    expect(await clientOf(service.url).get('/x')).toMatchObject({
      failure: { code: 'NETWORK', message: '/x: ECONNREFUSED' },
    })
  })

  it('can be interrupted', async () => {
    const service = await serviceThat(() => stop.abort())
    const stop = new AbortController()
    expect(await clientOf(service.url).get('/x', stop.signal)).toMatchObject({
      kind: 'failed',
      failure: { code: 'NETWORK' },
    })
  })
})

describe('retries', () => {
  const failing = (
    code: 'SERVER_ERROR' | 'BAD_REQUEST',
    kind: 'transient' | 'permanent',
    retryAfterMs: number | null = null,
  ) => {
    let reads = 0
    const outcome = withRetries<number>(() => {
      reads++
      return Promise.resolve({ kind: 'failed', failure: { code, message: 'm', kind, retryAfterMs } })
    })
    return outcome.then((result) => [reads, result.kind === 'failed' && result.failure.code])
  }
  it('come twice after a passing failure', async () =>
    expect(await failing('SERVER_ERROR', 'transient')).toEqual([3, 'SERVER_ERROR']))
  it('never come after a permanent one', async () =>
    expect(await failing('BAD_REQUEST', 'permanent')).toEqual([1, 'BAD_REQUEST']))
  it('never come when the provider wants more patience than a read has', async () =>
    expect(await failing('SERVER_ERROR', 'transient', 10_001)).toEqual([1, 'SERVER_ERROR']))
})

describe('one look', () => {
  it('brings clusters and open interest, retrying what passes', async () => {
    const service = await serviceThat((request, response, count) => {
      if (request.url!.startsWith('/api/sentiment')) sendJson(response, { detail: 'Not Found' }, 404)
      else if (request.url === '/api/stats') sendJson(response, { stats: { total_oi_usd: 9e9, long_short_ratio: 1.2 } })
      else if (count === 3) response.writeHead(502, { 'content-type': 'text/html' }).end('<html>')
      else sendJson(response, map())
    })
    const seen: string[] = []
    const result = await fetchHeatmap({
      client: clientOf(service.url),
      symbol: 'BTCUSDT',
      door: door(),
      own,
      onResponse: (_, endpoint, { status }) => seen.push(`${endpoint} ${status}`),
    })
    expect(result).toMatchObject({
      kind: 'ok',
      value: {
        snapshot: { levels: [{ priceMode: 98 }], openInterest: { totalUsd: 9e9, ratio: 1.2, ratioKind: 'unknown' } },
      },
    })
    expect(seen).toEqual(['sentiment 404', 'stats 200', 'heatmap 502', 'heatmap 200'])
  })

  it('works without open interest', async () => {
    const service = await serviceThat((request, response) =>
      request.url!.startsWith('/api/heatmap') ? sendJson(response, map()) : response.writeHead(500).end(),
    )
    const result = await fetchHeatmap({ client: clientOf(service.url), symbol: 'BTCUSDT', door: door(), own })
    expect(result).toMatchObject({ kind: 'ok', value: { snapshot: { openInterest: null } } })
  })

  it('fails with the reason of the door', async () => {
    const service = await serviceThat((_, response) => sendJson(response, { ...map(), symbol: 'ETHUSDT' }))
    const result = await fetchHeatmap({ client: clientOf(service.url), symbol: 'BTCUSDT', door: door(), own })
    expect(result).toMatchObject({
      kind: 'failed',
      failure: { code: 'WRONG_SYMBOL', message: 'asked for BTCUSDT, the answer is for "ETHUSDT"' },
    })
  })
})

describe('the provider’s own choice', () => {
  const payload: HeatmapPayload = {
    symbol: 'BTCUSDT',
    currentPrice: 100,
    totalClusters: 3,
    clusters: [
      { ...cluster, strength: 0.7 },
      { ...cluster, price_level: 97, strength: 0.8 },
      { ...cluster, price_level: 80, strength: 0.9 },
    ],
  }
  const check = async (status: number, body: unknown, against = payload) => {
    const service = await serviceThat((_, response) => sendJson(response, body, status))
    return checkBest(clientOf(service.url), 'BTCUSDT', against)
  }
  it('agrees', async () =>
    expect(await check(200, { ...cluster, price_level: 97.05 })).toMatchObject({
      value: { providerPrice: 97.05, ownPrice: 97, agrees: true },
    }))
  it('differs', async () => expect(await check(200, cluster)).toMatchObject({ value: { agrees: false } }))
  it('is none, where we would have one', async () =>
    expect(await check(404, { detail: 'No suitable cluster found' })).toMatchObject({
      value: { providerPrice: null, ownPrice: 97, agrees: false },
    }))
  it('is none, and so is ours', async () =>
    expect(await check(404, { detail: 'No suitable cluster found' }, { ...payload, clusters: [] })).toMatchObject({
      value: { agrees: true },
    }))
  it('cannot be asked for on a wrong path', async () =>
    expect(await check(404, { detail: 'Not Found' })).toMatchObject({ failure: { code: 'WRONG_PATH' } }))
})

describe('the poller', () => {
  const instrument = { symbol: 'BTCUSDT' } as Instrument
  /** Runs until `done` says so, then stops. */
  async function pollUntil(
    answer: Parameters<typeof fakeService>[0],
    done: (events: number, reports: readonly PollReport[]) => boolean,
  ) {
    const service = await serviceThat(answer)
    const reports: PollReport[] = []
    const responses: string[] = []
    const finished = Promise.withResolvers<void>()
    let events = 0
    const check = (): void => {
      if (done(events, reports)) finished.resolve()
    }
    const poller = createHeatmapPoller({
      client: clientOf(service.url),
      targets: [{ instrument, door: door(), own: () => own }],
      intervalMs: 5,
      openInterestIntervalMs: 0,
      onReport: (report) => {
        reports.push(report)
        check()
      },
      onResponse: (_, endpoint, { status }) => responses.push(`${endpoint} ${status}`),
      onEvent: () => {
        events++
        check()
      },
    })
    poller.start()
    await finished.promise
    await poller.stop()
    return { poller, reports, responses, service }
  }
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url!.startsWith('/api/heatmap')) sendJson(response, map())
    else sendJson(response, { symbol: 'BTCUSDT', total_oi_usd: 9e9, long_short_ratio: 1.2 })
  }

  it('hands out snapshots in order, with the open interest known by then', async () => {
    const { poller } = await pollUntil(serve, (events) => events === 3)
    const events = [1, 2, 3].map(() => poller.next(epochMs(Number.MAX_SAFE_INTEGER)))
    expect(
      events.map(
        (e) =>
          e?.kind === 'heatmap' && [
            e.snapshot.sequence,
            e.snapshot.openInterest?.totalUsd ?? null,
            e.time === e.snapshot.receivedAt,
          ],
      ),
    ).toEqual([
      [0, null, true],
      [1, 9e9, true],
      [2, 9e9, true],
    ])
    expect(poller.exhausted()).toBe(true)
  })

  it('has nothing for a loop that stands earlier', async () => {
    const { poller } = await pollUntil(serve, (events) => events === 1)
    expect(poller.next(epochMs(0))).toBeUndefined()
    expect(poller.exhausted()).toBe(false)
    expect(poller.peek()).toBeGreaterThan(0)
  })

  it('reports failures, records them all the same, and goes on', async () => {
    const { reports, responses, poller } = await pollUntil(
      (request, response, count) => (count <= 2 ? response.writeHead(502).end('<html>') : serve(request, response)),
      (events) => events === 3,
    )
    expect(reports.map(({ code, kind, symbol }) => [code, kind, symbol])).toEqual(
      Array(2).fill(['SERVER_ERROR', 'transient', 'BTCUSDT']),
    )
    expect(responses.slice(0, 3)).toEqual(['heatmap 502', 'heatmap 502', 'heatmap 200'])
    const told = [1, 2, 3].map(() => poller.next(epochMs(Number.MAX_SAFE_INTEGER)))
    expect(told.map((event) => event?.kind)).toEqual(['heatmap_failed', 'heatmap_failed', 'heatmap'])
    expect(told[0]).toMatchObject({ instrument, failure: 'transient', code: 'SERVER_ERROR', time: reports[0]!.time })
  })

  it('gives up on a symbol that is not served', async () => {
    const { poller, service } = await pollUntil(
      (_, response) => sendJson(response, { detail: 'Symbol BTCUSDT not supported' }, 400),
      (_, reports) => reports.length === 1,
    )
    expect(poller.next(epochMs(Number.MAX_SAFE_INTEGER))).toMatchObject({ failure: 'permanent' })
    expect(poller.exhausted()).toBe(true)
    expect(service.requests).toHaveLength(1)
  })

  it('reports what the door refuses', async () => {
    const { reports } = await pollUntil(
      (_, response) => sendJson(response, { ...map(), current_price: 120 }),
      (_, r) => r.length === 1,
    )
    expect(reports[0]).toMatchObject({ code: 'PRICE_COLLAR', kind: 'transient' })
  })

  it.each([
    [0, 0, 5_000],
    [1, 0, 10_000],
    [3, 0, 40_000],
    [4, 0, 60_000],
    [50, 0, 60_000],
    [1, 300_000, 300_000],
  ])('waits longer after %d failures when asked for %d ms', (failures, retryAfter, expected) => {
    expect(backoffMs(5_000, failures, retryAfter)).toBe(expected)
  })

  it('never waits less than its interval', () => {
    expect(backoffMs(3_600_000, 0, 0)).toBe(3_600_000)
  })
})
