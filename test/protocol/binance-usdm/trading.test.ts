import http from 'node:http'
import type ccxtModule from 'ccxt'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { BinanceServer } from '../../../src/exchange/protocol/binance-usdm/server.ts'
import { startEmbedded } from '../../fixture/embedded-binance.ts'
import { T0, tick } from '../../unit/exchange/fixture.ts'
import { KEY, SECRET } from './signed-client.ts'

const BTC = 'BTC/USDT:USDT'
const DEEP = { minuteVolume: 1_000_000 }
type Class = InstanceType<typeof ccxtModule.pro.binanceusdm>

let ccxt: typeof ccxtModule
let server: BinanceServer
let exchange: Class

function connect(secret: string): Class {
  const opened = new ccxt.pro.binanceusdm({
    apiKey: KEY,
    secret,
    enableRateLimit: false,
    timeout: 400,
    options: { fetchCurrencies: false, fetchMargins: false, watchPositions: { fetchPositionsSnapshot: false } },
  })
  opened.enableDemoTrading(true)
  const here = `http://127.0.0.1:${server.port}/`
  opened.fetchImplementation = (url: string, { agent: _agent, timeout: _timeout, ...rest }: Record<string, unknown>) =>
    fetch(url.replace(/^https:\/\//, here), rest)
  const { ws } = opened.urls['api'] as { ws: Record<string, string> }
  ws['future'] = `ws://127.0.0.1:${server.port}/fstream/ws`
  opened.httpAgent = new http.Agent()
  // Requests are stamped with the market's time.
  opened.nonce = () => server.now
  return opened
}

beforeEach(async () => {
  ;({ default: ccxt } = await import('ccxt'))
  server = await startEmbedded([tick(0, 50_000, DEEP), tick(10_000, 49_000, DEEP), tick(60_000, 49_000, DEEP)], {
    account: { apiKey: KEY, secret: SECRET },
  })
  while (server.now < T0 + 500) await server.advance(T0 + 500)
  exchange = connect(SECRET)
})
afterEach(async () => {
  await exchange.close()
  await server.close()
})

const entry = (id: string) => exchange.createOrder(BTC, 'market', 'buy', 0.01, undefined, { clientOrderId: id })
const stop = (trigger: number) =>
  exchange.createOrder(BTC, 'market', 'sell', 0.01, undefined, {
    stopLossPrice: trigger,
    reduceOnly: true,
    clientOrderId: 's1',
    workingType: 'MARK_PRICE',
  })

describe('the real class in demo mode', () => {
  it('trades a bracket: entry, stop, its trigger, all in both lists and on its stream', async () => {
    const watching = exchange.watchOrders(BTC)
    const isOpen = (): boolean =>
      Object.values(exchange.clients).some((socket) => socket.url.includes('listenKey=') && socket.isOpen())
    await vi.waitFor(() => expect(isOpen()).toBe(true))
    const bought = await entry('e1')
    expect([bought.status, bought.average, bought.filled]).toEqual(['closed', 50_000, 0.01])
    expect((await watching).at(-1)).toMatchObject({ clientOrderId: 'e1' })
    const guard = await stop(49_500)
    expect(guard.status).toBe('open')
    expect(await exchange.fetchOpenOrders(BTC)).toEqual([])
    expect(await exchange.fetchOpenOrders(BTC, undefined, undefined, { trigger: true })).toHaveLength(1)
    const [position] = await exchange.fetchPositions([BTC])
    expect(position).toMatchObject({ side: 'long', contracts: 0.01, entryPrice: 50_000 })
    while (server.now < T0 + 20_000) await server.advance(T0 + 20_000)
    expect(await exchange.fetchPositions([BTC])).toEqual([])
    const done = await exchange.fetchOrder(guard.id!, BTC, { trigger: true })
    expect(done.status).toBe('closed')
    const trades = await exchange.fetchMyTrades(BTC)
    expect(trades.map(({ side, amount }) => [side, amount])).toEqual([
      ['buy', 0.01],
      ['sell', 0.01],
    ])
    expect((await exchange.fetchBalance())['USDT']!.total).toBe(server.ledger.wallet.toNumber())
  })

  it('throws the class of each refusal', async () => {
    const limit = (price: number, more: Record<string, unknown>) =>
      exchange.createOrder(BTC, 'limit', 'buy', 0.01, price, more)
    await expect(limit(50_100, { timeInForce: 'PO' })).rejects.toBeInstanceOf(ccxt.OrderNotFillable)
    await expect(limit(50_000, { reduceOnly: true })).rejects.toBeInstanceOf(ccxt.InvalidOrder)
    await expect(exchange.createOrder(BTC, 'market', 'buy', 50)).rejects.toBeInstanceOf(ccxt.InsufficientFunds)
    await expect(exchange.cancelOrder('1', BTC)).rejects.toBeInstanceOf(ccxt.OrderNotFound)
    await expect(exchange.fetchOrder('1', BTC)).rejects.toBeInstanceOf(ccxt.OrderNotFound)
    await entry('e1')
    await expect(stop(50_500)).rejects.toBeInstanceOf(ccxt.OrderImmediatelyFillable)
    await expect(exchange.setMarginMode('cross', BTC)).rejects.toBeInstanceOf(ccxt.OperationRejected)
    const forged = connect('another-secret')
    await expect(forged.fetchBalance()).rejects.toBeInstanceOf(ccxt.AuthenticationError)
    await forged.close()
  })

  it.each([
    ['reset', 'NetworkError'],
    [
      { status: 503, body: { msg: 'Unknown error, please check your request or try again later.' } },
      'ExchangeNotAvailable',
    ],
    [
      { status: 408, body: { code: -1007, msg: 'Timeout waiting for response from backend server.' } },
      'RequestTimeout',
    ],
    [{ status: 429, body: { code: -1003, msg: 'Too many requests.' }, retry_after_secs: 1 }, 'DDoSProtection'],
    ['drop', 'RequestTimeout'],
  ] as const)('may be executed all the same when the answer is %j', async (answer, name) => {
    await exchange.loadMarkets()
    for (const when of ['before', 'after'] as const) {
      server.addFault({ method: 'POST', path: '/fapi/v1/order', when, answer })
      await expect(entry(when)).rejects.toBeInstanceOf(ccxt[name])
    }
    expect(server.account.trades).toHaveLength(1)
    const asked = await exchange.fetchOrder('', BTC, { clientOrderId: 'after' })
    expect(asked.status).toBe('closed')
    await expect(exchange.fetchOrder('', BTC, { clientOrderId: 'before' })).rejects.toBeInstanceOf(ccxt.OrderNotFound)
  })

  it('arms the dead man’s switch', async () => {
    await entry('e1')
    await exchange.createOrder(BTC, 'limit', 'sell', 0.01, 51_000, { reduceOnly: true })
    await exchange.fapiPrivatePostCountdownCancelAll({ symbol: 'BTCUSDT', countdownTime: 1_000 })
    const until = server.now + 1_000
    while (server.now < until) await server.advance(until)
    expect(await exchange.fetchOpenOrders(BTC)).toEqual([])
  })
})
