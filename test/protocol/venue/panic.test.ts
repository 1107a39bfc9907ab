import { afterEach, expect, it } from 'vitest'
import { openExchange, type OpenExchangeOptions } from '../../../src/adapter/ccxt/open-exchange.ts'
import { createPanicVenue } from '../../../src/adapter/venue/ccxt/panic-venue.ts'
import type { ClientOrderId } from '../../../src/domain/order.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { refusal, startScriptedBinance } from '../../fixture/scripted-binance.ts'
import { list, startScriptedBybit } from '../../fixture/scripted-bybit.ts'
import { T0 } from '../../fixture/scripted-frames.ts'
import { rows, startScriptedOkx } from '../../fixture/scripted-okx.ts'
import { ok, type Handler, type ScriptedServer } from '../../fixture/scripted-server.ts'

const ID = 'l00zzz00000001x000' as ClientOrderId
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

type Id = 'binanceusdm' | 'bybit' | 'okx'

async function attempt(id: Id, server: ScriptedServer, patienceMs?: number, more: Partial<OpenExchangeOptions> = {}) {
  const exchange = await openExchange({
    id,
    credentials: { apiKey: 'scripted-key', secret: 'scripted-secret', passphrase: 'scripted-passphrase' },
    environment: 'demo',
    embedded: { restOrigin: server.restOrigin, streamOrigin: server.streamOrigin },
    clock: { now: () => epochMs(T0) },
    deadlineMs: 400,
    ...more,
  })
  return await createPanicVenue({ exchange, ...(patienceMs !== undefined && { patienceMs }) })
}

async function open(id: Id, server: ScriptedServer, more: Partial<OpenExchangeOptions> = {}) {
  const opened = await attempt(id, server, undefined, more)
  if (opened.kind === 'refused') throw new Error(opened.message)
  closers.push(opened.close, () => server.close())
  return opened.venue
}

it('bybit: sees both coins’ orders, cancels by the venue’s id, closes the side of hedge mode', async () => {
  const server = await startScriptedBybit()
  server.on('GET /v5/order/realtime', ({ parameters }) =>
    parameters['settleCoin'] === 'USDT'
      ? list({ symbol: 'DOGEUSDT', orderId: 'o-9', orderLinkId: '', stopOrderType: 'Stop', reduceOnly: true })
      : list(),
  )
  server.on('GET /v5/position/list', ({ parameters }) =>
    parameters['settleCoin'] === 'USDT'
      ? list({ symbol: 'DOGEUSDT', side: 'Sell', size: '120', positionIdx: 2 })
      : list(),
  )
  const venue = await open('bybit', server)
  const [order] = await venue.openOrders()
  expect(order).toEqual({ symbol: 'DOGEUSDT', id: 'o-9', clientOrderId: '', list: 'conditional', reduceOnly: true })
  await venue.cancel(order!)
  expect(server.sent('POST /v5/order/cancel')[0]!.parameters).toEqual({
    category: 'linear',
    symbol: 'DOGEUSDT',
    orderId: 'o-9',
  })
  const [position] = await venue.positions()
  await venue.closeReduceOnly(position!, ID)
  expect(server.sent('POST /v5/order/create')[0]!.parameters).toMatchObject({
    symbol: 'DOGEUSDT',
    side: 'Buy',
    orderType: 'Market',
    qty: '120',
    reduceOnly: true,
    positionIdx: 2,
    orderLinkId: ID,
  })
})

it('okx: sees both lists, cancels in the right one, closes as the position is held', async () => {
  const server = await startScriptedOkx()
  server.on('GET /api/v5/trade/orders-algo-pending', ({ parameters }) =>
    parameters['ordType'] === 'trigger' ? rows({ instId: 'XRP-USDT-SWAP', algoId: '77', algoClOrdId: 'mine' }) : rows(),
  )
  server.on('GET /api/v5/account/positions', () =>
    rows({ instId: 'XRP-USDT-SWAP', pos: '-3', posSide: 'net', mgnMode: 'cross' }),
  )
  const venue = await open('okx', server)
  const [order] = await venue.openOrders()
  expect(order).toEqual({
    symbol: 'XRP-USDT-SWAP',
    id: '77',
    clientOrderId: 'mine',
    list: 'conditional',
    reduceOnly: false,
  })
  await venue.cancel(order!)
  expect(server.sent('POST /api/v5/trade/cancel-algos')[0]!.raw).toBe('[{"instId":"XRP-USDT-SWAP","algoId":"77"}]')
  const [position] = await venue.positions()
  await venue.closeReduceOnly(position!, ID)
  expect(server.sent('POST /api/v5/trade/order')[0]!.parameters).toMatchObject({
    instId: 'XRP-USDT-SWAP',
    tdMode: 'cross',
    side: 'buy',
    ordType: 'market',
    sz: '3',
    reduceOnly: true,
    clOrdId: ID,
  })
})

it('looks at both things while it opens, each once, and anew from then on', async () => {
  const server = await startScriptedBinance(() => T0)
  const venue = await open('binanceusdm', server)
  expect(await Promise.all([venue.openOrders(), venue.positions()])).toEqual([[], []])
  const looks = () => ['openOrders', 'openAlgoOrders'].map((name) => server.sent(`GET /fapi/v1/${name}`).length)
  expect([...looks(), server.sent('GET /fapi/v3/positionRisk').length]).toEqual([1, 1, 1])
  server.on('GET /fapi/v1/openOrders', () => ok([{ symbol: 'BTCUSDT', orderId: 5 }]))
  expect(await venue.openOrders()).toMatchObject([{ id: '5' }])
  expect(looks()).toEqual([2, 2])
})

it('is open when the venue tells the orders and says nothing of the positions, and the other way round', async () => {
  const mute = await startScriptedBinance(() => T0)
  mute.on('GET /fapi/v3/positionRisk', () => 'silence')
  expect(await (await open('binanceusdm', mute)).openOrders()).toEqual([])
  const other = await startScriptedBinance(() => T0)
  other.on('GET /fapi/v1/openAlgoOrders', () => refusal(-1000, 'down', 503))
  const venue = await open('binanceusdm', other)
  await expect(venue.openOrders()).rejects.toThrow('down')
  expect(await venue.positions()).toEqual([])
})

it('does not wait because the bot has used up what is meant for it', async () => {
  const server = await startScriptedBinance(() => T0)
  // Of 2,400 a minute the bot leaves a tenth; by its own count nothing could be asked for two seconds and more.
  server.on('GET /fapi/v1/time', () => ({ body: { serverTime: T0 }, headers: { 'x-mbx-used-weight-1m': '2306' } }))
  const venue = await open('binanceusdm', server)
  expect(await venue.openOrders()).toEqual([])
})

it('goes on asking a venue that is down, and gives up at once where the keys are refused', async () => {
  const server = await startScriptedBinance(() => T0)
  let asked = 0
  // More often than one question is said again by itself.
  server.on('GET /fapi/v1/time', () =>
    asked++ < 7 ? { text: '<html>busy</html>', status: 502 } : ok({ serverTime: T0 }),
  )
  const venue = await open('binanceusdm', server)
  expect(await venue.openOrders()).toEqual([])

  const refusing = await startScriptedBinance(() => T0)
  closers.push(() => refusing.close())
  for (const route of ['v1/openOrders', 'v1/openAlgoOrders', 'v3/positionRisk'])
    refusing.on(`GET /fapi/${route}`, () => refusal(-2015, 'Invalid API-key, IP, or permissions for action.', 401))
  expect(await attempt('binanceusdm', refusing)).toMatchObject({ kind: 'refused', code: 'WRONG_KEY' })
  expect(refusing.sent('GET /fapi/v1/time')).toHaveLength(1)
})

it.each(['403 Forbidden. Request blocked.', '403, access too frequent'])(
  'bybit: opens at once though the first answer is a page that says %s',
  async (text) => {
    const server = await startScriptedBybit()
    let asked = 0
    server.on('GET /v5/market/time', () =>
      asked++ < 1
        ? { text: `<html>${text}</html>`, status: 403 }
        : ok({ retCode: 0, retMsg: 'OK', result: {}, time: T0 }),
    )
    const from = performance.now()
    expect(await (await open('bybit', server)).openOrders()).toEqual([])
    expect(performance.now() - from).toBeLessThan(5_000)
  },
)

it('says that a venue is out of reach when its patience is over', async () => {
  const server = await startScriptedBinance(() => T0)
  closers.push(() => server.close())
  server.on('GET /fapi/v1/time', () => refusal(-1001, 'down', 503))
  expect(await attempt('binanceusdm', server, 0)).toMatchObject({ kind: 'refused', code: 'UNREACHABLE' })
})

it('says again what an accelerated market refuses as too late, by the time that the refusal told', async () => {
  // The market goes on by a minute between two requests, longer than one of them is good for.
  let told = T0
  const server = await startScriptedBinance(() => T0)
  const answered = (body: unknown, status = 200) => ({
    status,
    body,
    headers: { 'x-market-time': `${told}` },
  })
  const timely =
    (body: unknown): Handler =>
    ({ parameters }) => {
      const isLate = Number(parameters['timestamp']) + Number(parameters['recvWindow']) < told
      return isLate ? answered({ code: -1021, msg: 'outside of the recvWindow' }, 400) : answered(body)
    }
  server.on('GET /fapi/v1/time', () => answered({ serverTime: told }))
  const lists = ['GET /fapi/v1/openOrders', 'GET /fapi/v1/openAlgoOrders', 'GET /fapi/v3/positionRisk']
  for (const route of lists) server.on(route, timely([]))
  server.on('POST /fapi/v1/order', timely({ orderId: 1, status: 'FILLED' }))
  let marketTime = Number(T0)
  const clock = { now: () => epochMs(marketTime), observe: (time: number) => (marketTime = time) }
  const venue = await open('binanceusdm', server, { environment: 'embedded', clock })
  expect(await Promise.all([venue.openOrders(), venue.positions()])).toEqual([[], []])
  told += 60_000
  expect(await venue.openOrders()).toEqual([])
  told += 60_000
  await venue.closeReduceOnly({ symbol: 'BTCUSDT', direction: 'LONG', quantity: '1' }, ID)
  expect(server.sent('POST /fapi/v1/order')).toHaveLength(2)
})
