import { afterEach, describe, expect, it, vi } from 'vitest'
import type { BinanceServer, BinanceServerOptions } from '../../../src/exchange/protocol/binance-usdm/server.ts'
import { startEmbedded } from '../../fixture/embedded-binance.ts'
import { PARAMETERS, T0 } from '../../unit/exchange/fixture.ts'
import { ALGO, BUY, FALL, ORDER, STOP } from './falling-market.ts'
import { KEY, listen, SECRET, signedClient, type Reply } from './signed-client.ts'

const TARGET = 'symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&price=51000&quantity=0.010&reduceOnly=true'

let server: BinanceServer
let client: ReturnType<typeof signedClient>

async function openServer(patch: Partial<BinanceServerOptions> = {}): Promise<void> {
  server = await startEmbedded(FALL, { account: { apiKey: KEY, secret: SECRET }, ...patch })
  client = signedClient(server)
  await passTo(500)
}

async function passTo(ms: number): Promise<void> {
  while (server.now < T0 + ms) await server.advance(T0 + ms)
}

afterEach(() => server.close())

const code = ({ status, body }: Reply): unknown[] => [status, body['code']]

/** The account's stream from now on. */
async function stream(): Promise<string[]> {
  const { body } = await client.raw('POST', '/fapi/v1/listenKey', '', { 'X-MBX-APIKEY': KEY })
  const { texts } = await listen(`${server.streamOrigin}/fstream/private/ws?listenKey=${String(body['listenKey'])}`)
  return texts
}

const kinds = (texts: readonly string[]): string[] =>
  texts.map((text) => {
    const { e, o } = JSON.parse(text) as { e: string; o?: { x?: string; X: string } }
    return o === undefined ? e : `${e} ${o.x ?? ''} ${o.X}`.replace('  ', ' ')
  })

describe('the two lists of orders', () => {
  const open = '/fapi/v1/openOrders'
  const openAlgo = '/fapi/v1/openAlgoOrders'
  const ids = async (path: string, key: string): Promise<unknown[]> =>
    (await client.signed('GET', path, 'symbol=BTCUSDT')).body.map((row) => row[key])

  /** A position of 0.02, a stop for each half of it and two targets. */
  async function rested(): Promise<void> {
    await openServer()
    await client.signed('POST', ORDER, BUY.replace('0.010', '0.020'))
    for (const n of [1, 2]) {
      await client.signed('POST', ALGO, `${STOP}&clientAlgoId=stop${n}`)
      await client.signed('POST', ORDER, `${TARGET}&newClientOrderId=target${n}`)
    }
  }

  it('each is emptied by its own request, and the other stays', async () => {
    await rested()
    expect((await client.signed('DELETE', '/fapi/v1/allOpenOrders', 'symbol=BTCUSDT')).body).toMatchObject({
      code: 200,
    })
    expect([await ids(open, 'clientOrderId'), await ids(openAlgo, 'clientAlgoId')]).toEqual([[], ['stop1', 'stop2']])
    expect((await client.signed('DELETE', '/fapi/v1/algoOpenOrders', 'symbol=BTCUSDT')).body).toMatchObject({
      code: 200,
    })
    expect(await ids(openAlgo, 'clientAlgoId')).toEqual([])
    const ended = (await client.signed('GET', '/fapi/v1/allAlgoOrders', 'symbol=BTCUSDT')).body
    expect(ended.map((row) => [row['clientAlgoId'], row['algoStatus']])).toEqual([
      ['stop1', 'CANCELED'],
      ['stop2', 'CANCELED'],
    ])
  })

  it('is emptied for a symbol that is named, and of that symbol alone', async () => {
    await rested()
    for (const path of ['/fapi/v1/allOpenOrders', '/fapi/v1/algoOpenOrders']) {
      expect(code(await client.signed('DELETE', path))).toEqual([400, -1102])
      await client.signed('DELETE', path, 'symbol=ETHUSDT')
    }
    expect(await ids(open, 'clientOrderId')).toEqual(['target1', 'target2'])
    expect(await ids(openAlgo, 'clientAlgoId')).toEqual(['stop1', 'stop2'])
  })

  it('is read on from an id', async () => {
    await rested()
    const [, second] = await ids(openAlgo, 'algoId')
    const rest = (await client.signed('GET', '/fapi/v1/allAlgoOrders', `symbol=BTCUSDT&algoId=${String(second)}`)).body
    expect(rest.map((row) => row['clientAlgoId'])).toEqual(['stop2'])
    const [, target] = await ids(open, 'orderId')
    const after = (await client.signed('GET', '/fapi/v1/allOrders', `symbol=BTCUSDT&orderId=${String(target)}`)).body
    expect(after.map((row) => row['clientOrderId'])).toEqual(['target2'])
  })
})

describe('a request', () => {
  it('is signed over its bytes as sent, encoded ids included', async () => {
    await openServer()
    const placed = await client.signed('POST', ORDER, `${BUY}&newClientOrderId=a%2Fb%3Ac`)
    expect(placed.body).toMatchObject({ clientOrderId: 'a/b:c', status: 'FILLED', avgPrice: '50000' })
    const asked = await client.signed('GET', ORDER, 'symbol=BTCUSDT&origClientOrderId=a%2Fb%3Ac')
    expect(asked.body).toEqual(placed.body)
  })

  it('is refused for a wrong key, signature, time or missing parts, each with its code', async () => {
    await openServer()
    const path = '/fapi/v3/account'
    const other = signedClient(server, 'another-key')
    const forged = signedClient(server, KEY, 'another-secret')
    expect(code(await other.signed('GET', path))).toEqual([401, -2015])
    expect(code(await client.raw('GET', path, '', {}))).toEqual([401, -2014])
    expect(code(await forged.signed('GET', path))).toEqual([400, -1022])
    expect(code(await client.signed('GET', path, '', server.now - 5_001))).toEqual([400, -1021])
    expect(code(await client.signed('GET', path, '', server.now - 5_000))).toEqual([200, undefined])
    expect(code(await client.signed('GET', path, '', server.now + 1_001))).toEqual([400, -1021])
    expect(code(await client.raw('GET', path, 'timestamp=1', { 'X-MBX-APIKEY': KEY }))).toEqual([400, -1102])
  })

  it('reaches the hosts it stands in for and no others', async () => {
    await openServer()
    for (const host of ['/fapi.binance.com', '/demo-fapi.binance.com', ''])
      expect(code(await client.raw('GET', `${host}/fapi/v1/ping`, '', {}))).toEqual([200, undefined])
    expect(code(await client.raw('GET', '/api.binance.com/fapi/v1/ping', '', {}))).toEqual([404, -5001])
  })

  it('carries what was used of the limits and the market time', async () => {
    await openServer()
    const { headers } = await client.signed('POST', ORDER, BUY)
    expect(headers.get('x-market-time')).toBe(String(T0 + 550))
    expect(headers.get('x-mbx-order-count-10s')).toBe('1')
  })

  it('beyond the strict limits gets 429, and 418 when it goes on', async () => {
    await openServer({ strictLimits: true })
    const seen: unknown[] = []
    for (let i = 0; i < 110; i += 1) seen.push((await client.signed('GET', '/fapi/v1/positionSide/dual')).status)
    expect(seen.indexOf(429)).toBe(80)
    expect(seen.indexOf(418)).toBe(100)
  })
})

describe('an order', () => {
  it.each([
    ['of a symbol that is not listed', BUY.replace('BTC', 'NOPE'), -1121],
    ['without quantity', BUY.replace('&quantity=0.010', ''), -1102],
    ['with a stop attached that would be ignored', `${BUY}&stopLoss%5BtriggerPrice%5D=45000`, -1104],
    ['of a conditional type', `${BUY.replace('MARKET', 'STOP_MARKET')}&stopPrice=51000`, -4120],
    ['that only reduces what is not there', `${BUY}&reduceOnly=true`, -2022],
    ['below the minimum', BUY.replace('0.010', '0.001'), -4164],
    ['that the balance does not carry', BUY.replace('0.010', '50.000'), -2019],
    ['finer than the lot', BUY.replace('0.010', '0.0101'), -1111],
    ['for the other side of a hedge', `${BUY}&positionSide=LONG`, -4061],
    [
      'post-only across the book',
      'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTX&price=50100&quantity=0.01',
      -5022,
    ],
  ])('%s is refused', async (_name, parameters, expected) => {
    await openServer()
    expect(code(await client.signed('POST', ORDER, parameters))).toEqual([400, expected])
    expect(server.ledger.fills).toEqual([])
  })

  it('may have the id of one that has ended, never of an open one; questions find the newest', async () => {
    await openServer()
    const first = await client.signed('POST', ORDER, `${BUY}&newClientOrderId=e1`)
    const second = await client.signed('POST', ORDER, `${BUY}&newClientOrderId=e1`)
    expect([first.body['status'], second.body['status']]).toEqual(['FILLED', 'FILLED'])
    const asked = await client.signed('GET', ORDER, 'symbol=BTCUSDT&origClientOrderId=e1')
    expect(asked.body['orderId']).toBe(second.body['orderId'])
    expect((await client.signed('POST', ORDER, `${TARGET}&newClientOrderId=t`)).body['status']).toBe('NEW')
    expect(code(await client.signed('POST', ORDER, `${TARGET}&newClientOrderId=t`))).toEqual([400, -4116])
    // The other list has names of its own.
    expect((await client.signed('POST', ALGO, `${STOP}&clientAlgoId=t`)).body['algoStatus']).toBe('NEW')
    expect(code(await client.signed('POST', ALGO, `${STOP}&clientAlgoId=t`))).toEqual([400, -20132])
  })
})

describe('a bracket that stops out', () => {
  const script = async (): Promise<string[]> => {
    await openServer()
    const texts = await stream()
    await client.signed('POST', ORDER, `${BUY}&newClientOrderId=e1`)
    await client.signed('POST', ALGO, `${STOP}&clientAlgoId=s1`)
    await client.signed('POST', ORDER, `${TARGET}&newClientOrderId=t1`)
    await passTo(20_000)
    return texts
  }

  it('plays as documented: both lists, the child, the orphaned target', async () => {
    const texts = await script()
    expect(kinds(texts)).toEqual([
      'ORDER_TRADE_UPDATE NEW NEW',
      'ORDER_TRADE_UPDATE TRADE FILLED',
      'ACCOUNT_UPDATE',
      'ALGO_UPDATE NEW',
      'ORDER_TRADE_UPDATE NEW NEW',
      'ALGO_UPDATE TRIGGERING',
      'ALGO_UPDATE TRIGGERED',
      'ORDER_TRADE_UPDATE NEW NEW',
      'ORDER_TRADE_UPDATE TRADE FILLED',
      'ACCOUNT_UPDATE',
      'ALGO_UPDATE FINISHED',
      'ORDER_TRADE_UPDATE EXPIRED EXPIRED',
    ])
    const algo = await client.signed('GET', ALGO, 'clientAlgoId=s1')
    expect(algo.body).toMatchObject({ algoStatus: 'FINISHED', actualQty: '0.01', actualType: 'MARKET' })
    const child = await client.signed('GET', ORDER, `symbol=BTCUSDT&orderId=${String(algo.body['actualOrderId'])}`)
    expect(child.body).toMatchObject({ status: 'FILLED', type: 'MARKET', executedQty: '0.01', reduceOnly: true })
    expect(code(await client.signed('DELETE', ALGO, 'clientAlgoId=s1'))).toEqual([400, -2011])
    expect(code(await client.signed('GET', ORDER, `symbol=BTCUSDT&origClientOrderId=s1`))).toEqual([400, -2013])
    for (const list of ['openOrders', 'openAlgoOrders'])
      expect((await client.signed('GET', `/fapi/v1/${list}`, 'symbol=BTCUSDT')).body).toEqual([])
    // The account's figures are those of the exchange's own ledger.
    const balance = await client.signed('GET', '/fapi/v3/balance')
    expect(balance.body[0]).toMatchObject({ balance: server.ledger.wallet.toFixed() })
  })

  it('comes out the same to the byte, each time', async () => {
    const first = await script()
    await server.close()
    const second = await script()
    expect(second).toEqual(first)
    expect(first).toHaveLength(12)
  })
})

describe('the dead man’s switch', () => {
  const arm = (ms: number) => client.signed('POST', '/fapi/v1/countdownCancelAll', `symbol=BTCUSDT&countdownTime=${ms}`)
  const left = async (): Promise<number[]> =>
    [
      await client.signed('GET', '/fapi/v1/openOrders', 'symbol=BTCUSDT'),
      await client.signed('GET', '/fapi/v1/openAlgoOrders', 'symbol=BTCUSDT'),
    ].map(({ body }) => body.length)

  it.each([
    [false, [0, 1]],
    [true, [0, 0]],
  ])('cancels a symbol’s orders when its time is over; conditional ones: %s', async (countdownCoversAlgo, expected) => {
    await openServer({ countdownCoversAlgo })
    await client.signed('POST', ORDER, BUY)
    await client.signed('POST', ORDER, TARGET)
    await client.signed('POST', ALGO, STOP)
    const { body } = await arm(2_000)
    const armed = server.now
    expect(body).toEqual({ symbol: 'BTCUSDT', countdownTime: '2000' })
    await passTo(armed - T0 + 1_999)
    expect(await left()).toEqual([1, 1])
    await passTo(armed - T0 + 2_000)
    expect(await left()).toEqual(expected)
  })

  it('is put off by each call and taken off by 0', async () => {
    await openServer()
    await client.signed('POST', ORDER, BUY)
    await client.signed('POST', ORDER, TARGET)
    await arm(1_000)
    await passTo(1_500)
    await arm(1_000)
    await passTo(2_400)
    await arm(0)
    await passTo(9_000)
    expect(await left()).toEqual([1, 0])
  })
})

describe('what happens to an account by no request of its owner', () => {
  it('a stop is cancelled and nobody is told', async () => {
    await openServer()
    await client.signed('POST', ORDER, BUY)
    await client.signed('POST', ALGO, `${STOP}&clientAlgoId=s1`)
    const texts = await stream()
    server.addFault({ kind: 'cancel_silently', client_id: 's1' })
    await passTo(1_000)
    expect((await client.signed('GET', ALGO, 'clientAlgoId=s1')).body['algoStatus']).toBe('CANCELED')
    expect(texts).toEqual([])
  })

  it.each([
    ['liquidation', 'autoclose-', '6.25'],
    ['adl', 'adl_autoclose', '0'],
  ] as const)('a position is closed by %s at the mark', async (cause, prefix, fee) => {
    await openServer()
    await client.signed('POST', ORDER, BUY)
    await client.signed('POST', ALGO, `${STOP}&clientAlgoId=s1`)
    const texts = await stream()
    server.addFault({ kind: 'force_close', symbol: 'BTCUSDT', cause })
    await passTo(1_000)
    const { o } = JSON.parse(texts[0]!) as { o: Record<string, string> }
    expect(o).toMatchObject({ x: 'CALCULATED', X: 'FILLED', L: '50000', l: '0.01', n: fee })
    expect(o['c']!.startsWith(prefix)).toBe(true)
    expect(kinds(texts).slice(1)).toEqual(['ACCOUNT_UPDATE', 'ALGO_UPDATE EXPIRED'])
    expect((await client.signed('GET', '/fapi/v3/positionRisk')).body).toEqual([])
    const type = cause === 'adl' ? 'ADL' : 'LIQUIDATION'
    const forced = await client.signed('GET', '/fapi/v1/forceOrders', `autoCloseType=${type}`)
    expect(forced.body).toHaveLength(1)
  })

  it('waits for its market time, and is for listed symbols alone', async () => {
    await openServer()
    await client.signed('POST', ORDER, BUY)
    const due = server.now + 3_000
    server.addFault({ kind: 'force_close', symbol: 'BTCUSDT', cause: 'liquidation', after_ms: 3_000 })
    await passTo(due - 1 - T0)
    expect((await client.signed('GET', '/fapi/v3/positionRisk')).body).toHaveLength(1)
    await passTo(due - T0)
    expect((await client.signed('GET', '/fapi/v3/positionRisk')).body).toEqual([])
    expect(server.account.trades.at(-1)).toMatchObject({ time: due, price: '50000' })
    expect(() => server.addFault({ kind: 'force_close', symbol: 'NOPE', cause: 'adl' })).toThrow('NOPE is not listed')
  })

  it('the position mode is switched, over HTTP as well, and orders no longer fit', async () => {
    await openServer({ faultsOverHttp: true })
    const body = JSON.stringify({ kind: 'hedge_mode', on: true })
    expect((await client.raw('POST', '/control/faults', body, {})).status).toBe(200)
    expect((await client.signed('GET', '/fapi/v1/positionSide/dual')).body).toEqual({ dualSidePosition: true })
    expect(code(await client.signed('POST', ORDER, BUY))).toEqual([400, -4061])
  })

  it.each([
    '[',
    '3',
    '{"kind":"explode"}',
    '{"kind":"force_close","symbol":"NOPE","cause":"adl"}',
    '{"when":"during"}',
  ])('%s is no fault, and says so over HTTP', async (body) => {
    await openServer({ faultsOverHttp: true })
    expect(code(await client.raw('POST', '/control/faults', body, {}))).toEqual([400, -1130])
  })

  it('none is taken over HTTP by a server that was not told to', async () => {
    await openServer()
    const body = JSON.stringify({ kind: 'hedge_mode', on: true })
    expect((await client.raw('POST', '/control/faults', body, {})).status).toBe(404)
    expect(server.account.hedged).toBe(false)
  })

  it('the listen key ends: a last frame, then silence, and it cannot be prolonged', async () => {
    await openServer()
    const texts = await stream()
    server.addFault({ kind: 'expire_listen_key' })
    await client.signed('POST', ORDER, BUY)
    expect(kinds(texts)).toEqual(['listenKeyExpired'])
    expect(code(await client.raw('PUT', '/fapi/v1/listenKey', '', { 'X-MBX-APIKEY': KEY }))).toEqual([400, -1125])
  })

  it('a stop is refused, when a fault says so, without any trace', async () => {
    await openServer()
    const body = { code: -2021, msg: 'Order would immediately trigger.' }
    server.addFault({ path: ALGO, method: 'POST', when: 'before', answer: { status: 400, body } })
    expect(code(await client.signed('POST', ALGO, STOP))).toEqual([400, -2021])
    expect(server.account.orders.algo.size).toBe(0)
  })
})

describe('market streams', () => {
  it('are subscribed by the path too, alone or combined under their names', async () => {
    await openServer()
    const alone = await listen(`${server.streamOrigin}/ws/btcusdt@markPrice@1s`)
    const both = await listen(`${server.streamOrigin}/stream?streams=btcusdt@markPrice@1s/btcusdt@aggTrade`)
    await passTo(12_000)
    expect(alone.texts.length).toBeGreaterThan(0)
    const marks = both.texts
      .map((text) => JSON.parse(text) as { stream: string; data: unknown })
      .filter(({ stream: name }) => name === 'btcusdt@markPrice@1s')
    expect(marks.map(({ data }) => JSON.stringify(data))).toEqual(alone.texts)
  })
})

describe('market time', () => {
  it('moves when its owner says so, to the first instant at which somebody is told, who has then heard it', async () => {
    await openServer()
    const owner = await listen(server.controlUrl)
    await vi.waitFor(() => expect(owner.texts).toHaveLength(1))
    expect(JSON.parse(owner.texts[0]!)).toMatchObject({ hello: true, now: T0 + 500, instance: server.instance })
    await client.signed('POST', ORDER, BUY)
    await client.signed('POST', ALGO, STOP)
    const told = await stream()
    owner.socket.send(JSON.stringify({ id: 1, advance: T0 + 60_000 }))
    await vi.waitFor(() => expect(owner.texts).toHaveLength(2))
    // The mark falls from 10 s to 11 s and the stop triggers on the way: no further, and its frames have been heard by then.
    const { E: triggered } = JSON.parse(told[0]!) as { E: number }
    expect(triggered).toBeGreaterThan(T0 + 10_000)
    expect(triggered).toBeLessThan(T0 + 11_000)
    expect(JSON.parse(owner.texts[1]!)).toEqual({ id: 1, now: triggered, ended: false })
    expect(kinds(told).slice(0, 2)).toEqual(['ALGO_UPDATE TRIGGERING', 'ALGO_UPDATE TRIGGERED'])
    const second = await listen(server.controlUrl)
    await new Promise((resolve) => second.socket.once('close', resolve))
    expect(server.now).toBe(triggered)
  })

  it('runs by itself at the speed it was given', async () => {
    server = await startEmbedded(FALL, { account: { apiKey: KEY, secret: SECRET }, drive: 500 })
    client = signedClient(server)
    await vi.waitFor(() => expect(server.now).toBeGreaterThan(T0 + 20_000))
    const { status, headers } = await client.signed('GET', '/fapi/v3/account')
    expect(status).toBe(200)
    // Whole milliseconds, as every time of the protocol.
    expect(headers.get('x-market-time')).toMatch(/^\d+$/)
  })

  it('answers an order with what became of it without any latency, too', async () => {
    server = await startEmbedded(FALL, {
      account: { apiKey: KEY, secret: SECRET },
      drive: 500,
      parameters: { ...PARAMETERS, latencyMs: 0 },
    })
    client = signedClient(server)
    await vi.waitFor(() => expect(server.now).toBeGreaterThan(T0 + 20_000))
    const { body: bought } = await client.signed('POST', ORDER, `${BUY}&newOrderRespType=RESULT`)
    expect(bought).toMatchObject({ status: 'FILLED', executedQty: '0.01' })
    const { body: stop } = await client.signed('POST', ALGO, STOP.replace('49500', '48000'))
    expect(stop).toMatchObject({ algoStatus: 'NEW' })
    const { body: gone } = await client.signed('DELETE', ALGO, `algoId=${stop['algoId']}`)
    expect(gone).toMatchObject({ code: '200' })
  })
})
