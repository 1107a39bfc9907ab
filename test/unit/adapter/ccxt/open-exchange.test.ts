import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import { blankRecord, recordCall } from '../../../../src/adapter/ccxt/call-record.ts'
import { assertEgress, EgressViolation } from '../../../../src/adapter/ccxt/egress.ts'
import { environmentRules } from '../../../../src/adapter/ccxt/environment.ts'
import { openExchange, type OpenedExchange } from '../../../../src/adapter/ccxt/open-exchange.ts'
import { epochMs } from '../../../../src/domain/unit.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly body: string
  readonly key: string | undefined
}

let server: Server | undefined
let opened: OpenedExchange | undefined
const market: number[] = []

type Answer = (seen: Seen) => { status?: number; body: string; stall?: 'headers' | 'body' | 'cut' }

async function listen(answer: Answer): Promise<{ origin: string; seen: Seen[]; sockets: WebSocketServer }> {
  const seen: Seen[] = []
  const own = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const key = request.headers['x-mbx-apikey']
      const one: Seen = {
        method: request.method ?? '',
        url: request.url ?? '',
        body: Buffer.concat(parts).toString(),
        key: typeof key === 'string' ? key : undefined,
      }
      seen.push(one)
      const { status = 200, body, stall } = answer(one)
      if (stall === 'headers') return
      response.writeHead(status, {
        'content-type': 'application/json',
        'x-market-time': '1767571202000',
        'content-length': body.length,
      })
      if (stall === 'body') return response.flushHeaders()
      if (stall === 'cut') {
        response.write(body.slice(0, 3))
        setTimeout(() => response.destroy(), 20)
        return undefined
      }
      return response.end(body)
    })
  })
  const sockets = new WebSocketServer({ server: own })
  await new Promise<void>((resolve) => own.listen(0, '127.0.0.1', resolve))
  server = own
  return { origin: `127.0.0.1:${(own.address() as AddressInfo).port}`, seen, sockets }
}

async function open(origin: string, deadlineMs = 300): Promise<OpenedExchange> {
  opened = await openExchange({
    id: 'binanceusdm',
    credentials: { apiKey: 'key', secret: 'secret' },
    environment: 'embedded',
    embedded: { restOrigin: `http://${origin}`, streamOrigin: `ws://${origin}` },
    clock: { now: () => epochMs(1_767_571_200_000), observe: (time) => market.push(time) },
    deadlineMs,
  })
  return opened
}

afterEach(async () => {
  await opened?.close()
  server?.closeAllConnections()
  server?.close()
  market.length = 0
})

describe('openExchange', () => {
  it('keeps connections for orders, however many questions have no answer', async () => {
    const { origin } = await listen(({ method }) =>
      method === 'GET' ? { body: '', stall: 'headers' } : { body: '{"orderId":"1"}' },
    )
    const { request } = await open(origin, 2_000)
    const asked = Array.from({ length: 100 }, () => request('fapiPublicGetTime').catch(() => undefined))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const sent = performance.now()
    const orders = Array.from({ length: 8 }, () => request('fapiPrivatePostOrder', { symbol: 'BTCUSDT' }))
    await Promise.all(orders)
    expect(performance.now() - sent).toBeLessThan(1_000)
    await Promise.all(asked)
  })

  it('sends to the embedded exchange under the demo host, stamped with market time, and learns its time', async () => {
    const { origin, seen } = await listen(() => ({ body: '{"orderId":1}' }))
    const exchange = await open(origin)
    await exchange.request('fapiPrivatePostOrder', { symbol: 'BTCUSDT', newClientOrderId: 'l1' })
    expect(seen).toHaveLength(1)
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/demo-fapi.binance.com/fapi/v1/order', key: 'key' })
    expect(seen[0]!.body).toMatch(
      /^timestamp=1767571200000&symbol=BTCUSDT&newClientOrderId=l1&recvWindow=\d+&signature=[0-9a-f]{64}$/,
    )
    expect(market).toEqual([1_767_571_202_000])
  })

  it.each([
    ['headers', 'sent'],
    ['body', 'sent'],
    ['cut', 'sent'],
  ] as const)('ends a request whose %s never come whole, and knows that it had left', async (stall, phase) => {
    const { origin } = await listen(() => ({ body: '{"orderId":1}', stall }))
    const exchange = await open(origin)
    const record = blankRecord()
    const begun = performance.now()
    await expect(recordCall(record, () => exchange.request('fapiPrivateGetOpenOrders', {}))).rejects.toThrow()
    expect(performance.now() - begun).toBeLessThan(1_000)
    expect(record.phase).toBe(phase)
  })

  it('knows that a request to a closed port never left', async () => {
    const exchange = await open('127.0.0.1:9')
    const record = blankRecord()
    await expect(recordCall(record, () => exchange.request('fapiPrivatePostOrder', {}))).rejects.toThrow()
    expect(record.phase).toBe('not_sent')
  })

  it('hands over every frame once and in order, and says when the socket is gone', async () => {
    const { origin, sockets } = await listen(() => ({ body: '{}' }))
    sockets.on('connection', (socket) => {
      for (let i = 0; i < 50; i++) socket.send(JSON.stringify({ e: 'listenKeyExpired', E: 1_000 + i, n: i }))
      setTimeout(() => socket.close(1001), 50)
    })
    const exchange = await open(origin)
    const frames: unknown[] = []
    const gone = new Promise<string>((resolve) => {
      void exchange.openStream(`${exchange.streamBase('future')}?x=1`, {
        onFrame: (frame) => frames.push(frame),
        onDown: resolve,
      })
    })
    expect(await gone).toMatch(/1001/)
    expect(frames.map((frame) => Reflect.get(frame as object, 'n'))).toEqual(Array.from({ length: 50 }, (_, i) => i))
    expect(market.at(-1)).toBe(1_049)
  })

  it('rejects when the upgrade is refused', async () => {
    const { origin } = await listen(() => ({ body: '{}' }))
    const exchange = await open(origin)
    server!.removeAllListeners('upgrade')
    server!.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'))
    const handlers = { onFrame: () => undefined, onDown: () => undefined }
    await expect(exchange.openStream(exchange.streamBase('future'), handlers)).rejects.toThrow(/503/)
  })

  it('lets no stream leave the embedded exchange', async () => {
    const exchange = await open('127.0.0.1:9')
    const handlers = { onFrame: () => undefined, onDown: () => undefined }
    await expect(exchange.openStream('wss://fstream.binance.com/ws', handlers)).rejects.toThrow(EgressViolation)
  })

  it('stops a signed request to another host before it leaves, and tells', async () => {
    const violations: Error[] = []
    opened = await openExchange({
      id: 'binanceusdm',
      credentials: { apiKey: 'key', secret: 'secret' },
      environment: 'demo',
      clock: { now: () => epochMs(0) },
      deadlineMs: 300,
      onViolation: (violation) => violations.push(violation),
    })
    const urls: unknown = opened.exchange['urls']
    Object.assign(Reflect.get(urls as object, 'api') as object, { fapiPrivate: 'https://fapi.binance.com/fapi/v1' })
    await expect(opened.request('fapiPrivatePostOrder', {})).rejects.toThrow(/fapi\.binance\.com/)
    expect(violations).toHaveLength(1)
  })

  it.each([
    ['https://demo-fapi.binance.com@elsewhere.com', /more than a host/],
    ['https://demo-fapi.binance.com\\.elsewhere.com', /more than a host/],
    ['https://elsewhere.com?https://demo-fapi.binance.com', /more than a host/],
    ['https://user@demo-fapi.binance.com', /more than a host/],
    ['http://demo-fapi.binance.com', /signed request was about to go to http:/],
  ])('is not led elsewhere by the address %s, known hosts before or not', async (address, refusal) => {
    const { origin, seen } = await listen(() => ({ body: '{"orderId":1}' }))
    const exchange = await open(origin)
    await exchange.request('fapiPrivatePostOrder', { symbol: 'BTCUSDT' })
    const urls: unknown = exchange.exchange['urls']
    Object.assign(Reflect.get(urls as object, 'api') as object, { fapiPrivate: `${address}/fapi/v1` })
    const record = blankRecord()
    await expect(recordCall(record, () => exchange.request('fapiPrivatePostOrder', {}))).rejects.toThrow(refusal)
    expect(record.phase).toBe('not_sent')
    expect(seen).toHaveLength(1)
  })

  it.each(['live', 'demo'] as const)(
    'signs nothing in the %s environment where it was opened without keys',
    async (environment) => {
      const violations: string[] = []
      opened = await openExchange({
        id: 'binanceusdm',
        credentials: null,
        environment,
        clock: { now: () => epochMs(0) },
        deadlineMs: 300,
        onViolation: (violation) => violations.push(violation.message),
      })
      expect(opened.apiKey).toBe('')
      await expect(opened.request('fapiPrivateGetOpenOrders', {})).rejects.toThrow(/apiKey/)
      // Whoever puts keys into it all the same gets no further than our own door.
      Object.assign(opened.exchange, { apiKey: 'key', secret: 'secret' })
      await expect(opened.request('fapiPrivateGetOpenOrders', {})).rejects.toThrow(
        /a signed request was about to go to/,
      )
      expect(violations).toHaveLength(1)
    },
  )

  it('names the environments of an exchange that lacks the wanted one', async () => {
    const options = { credentials: null, clock: { now: () => epochMs(0) }, deadlineMs: 300 }
    await expect(openExchange({ ...options, id: 'okx', environment: 'testnet' })).rejects.toThrow(
      'okx has no testnet environment; it has demo, live',
    )
  })
})

describe('assertEgress', () => {
  const okx = environmentRules('okx', 'demo')!
  const bybit = environmentRules('bybit', 'demo')!
  it('wants the header that makes a request a simulated one', () => {
    const url = 'https://www.okx.com/api/v5/trade/order'
    expect(() => assertEgress(new URL(url), { 'OK-ACCESS-KEY': 'k' }, okx)).toThrow(/x-simulated-trading/)
    expect(() => assertEgress(new URL(url), { 'OK-ACCESS-KEY': 'k', 'x-simulated-trading': '1' }, okx)).not.toThrow()
  })
  it('wants that header from a keyless request as well, or the prices would be those of another market', () => {
    const url = 'https://www.okx.com/api/v5/market/ticker'
    expect(() => assertEgress(new URL(url), {}, okx)).toThrow(/x-simulated-trading/)
    expect(() => assertEgress(new URL(url), { 'x-simulated-trading': '1' }, okx)).not.toThrow()
  })
  it('lets keyless requests, and only those, go to the live market of a demo account', () => {
    expect(() => assertEgress(new URL('https://api.bybit.com/v5/market/time'), {}, bybit)).not.toThrow()
    expect(() =>
      assertEgress(new URL('https://api.bybit.com/v5/order/create'), { 'X-BAPI-API-KEY': 'k' }, bybit),
    ).toThrow(EgressViolation)
  })
  it('never signs over plain HTTP', () => {
    expect(() =>
      assertEgress(new URL('http://api-demo.bybit.com/v5/order/create'), { 'X-BAPI-API-KEY': 'k' }, bybit),
    ).toThrow(EgressViolation)
  })
})
