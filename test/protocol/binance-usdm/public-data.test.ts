import http from 'node:http'
import type ccxtModule from 'ccxt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BarEvent } from '../../../src/domain/event.ts'
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts'
import { startBinanceServer, type BinanceServer } from '../../../src/exchange/protocol/binance-usdm/server.ts'
import { PARAMETERS } from '../../unit/exchange/fixture.ts'
import { BAR_MS, crowdFeed, crowdScene, MONDAY } from '../../unit/exchange/protocol/market-data/scene.ts'

const BTC = 'BTC/USDT:USDT'

let server: BinanceServer
let exchange: InstanceType<typeof ccxtModule.pro.binanceusdm>

beforeAll(async () => {
  const { tape, data } = crowdFeed(['BTCUSDT', 'ETHUSDT'])
  server = await startBinanceServer({
    tape,
    marketData: data,
    parameters: PARAMETERS,
    start: MONDAY,
    account: { apiKey: 'key', secret: 'secret' },
    port: 0,
    drive: 'lock_step',
  })
  await server.advance(MONDAY)
  const { default: ccxt } = await import('ccxt')
  exchange = new ccxt.pro.binanceusdm({
    enableRateLimit: false,
    options: { fetchCurrencies: false, fetchMargins: false },
  })
  const here = `http://127.0.0.1:${server.port}/`
  exchange.fetchImplementation = (
    url: string,
    { agent: _agent, timeout: _timeout, ...rest }: Record<string, unknown>,
  ) => fetch(url.replace(/^https:\/\//, here), rest)
  const { ws } = exchange.urls['api'] as { ws: Record<string, string> }
  ws['future'] = `ws://127.0.0.1:${server.port}/fstream/ws`
  exchange.httpAgent = new http.Agent()
}, 60_000)
afterAll(async () => {
  await exchange.close()
  await server.close()
})

describe('real ccxt, asking', () => {
  it('lists the contracts', async () => {
    const markets = await exchange.loadMarkets()
    expect(Object.keys(markets).toSorted()).toEqual([BTC, 'ETH/USDT:USDT'])
    expect(markets[BTC]).toMatchObject({
      id: 'BTCUSDT',
      linear: true,
      swap: true,
      active: true,
      settle: 'USDT',
      precision: { price: 0.1, amount: 0.001 },
      limits: { cost: { min: 100 }, amount: { min: 0.001, max: 1_000 } },
    })
    expect(await exchange.fetchTime()).toBe(MONDAY)
  })

  it('reads candles of last and of mark prices', async () => {
    await server.advance(MONDAY + 3 * BAR_MS + 1_500)
    const candles = await exchange.fetchOHLCV(BTC, '5m', MONDAY, 3)
    expect(candles.map((candle) => candle[0])).toEqual([MONDAY, MONDAY + BAR_MS, MONDAY + 2 * BAR_MS])
    for (const [, open, high, low, close, volume] of candles as number[][]) {
      expect(Math.min(open!, close!)).toBeGreaterThanOrEqual(low!)
      expect(Math.max(open!, close!)).toBeLessThanOrEqual(high!)
      expect(volume).toBeGreaterThan(0)
    }
    const [quarter] = await exchange.fetchOHLCV(BTC, '15m', MONDAY, 1)
    expect(quarter![5]).toBeCloseTo(
      candles.reduce((sum, candle) => sum + candle[5]!, 0),
      6,
    )
    const marks = await exchange.fetchMarkOHLCV(BTC, '5m', MONDAY, 3)
    expect(marks).toHaveLength(3)
    expect(marks[0]![1]! / candles[0]![1]!).toBeCloseTo(1, 2)
  })

  it('reads of each bar, 1.5 s after its close, what the bar’s event says, to the last bit', async () => {
    const { run } = crowdScene(['BTCUSDT', 'ETHUSDT'])
    const bars: BarEvent[] = []
    run(MONDAY + 8 * BAR_MS, (event) => {
      if (event.kind === 'bar' && event.openTime >= MONDAY + 3 * BAR_MS) bars.push({ ...event })
    })
    expect(bars).toHaveLength(8)
    for (const bar of bars) {
      const { symbol } = bar.instrument
      await server.advance(bar.time)
      const candle = { symbol, interval: '5m', startTime: bar.openTime, limit: 1 }
      const period = { symbol, period: '5m', limit: 1 }
      const [[row], [mark], [interest], [ratio], rates] = (await Promise.all([
        exchange.fapiPublicGetKlines(candle),
        exchange.fapiPublicGetMarkPriceKlines(candle),
        exchange.fapiDataGetOpenInterestHist(period),
        exchange.fapiDataGetGlobalLongShortAccountRatio(period),
        exchange.fapiPublicGetFundingRate({ symbol, endTime: bar.closeTime - 1 }),
      ])) as [[string[]], [string[]], [Record<string, string>], [Record<string, string>], Record<string, string>[]]
      expect([...row.slice(0, 6), row[7], row[9], mark[2], mark[3]].map(Number)).toEqual([
        bar.openTime,
        bar.open,
        bar.high,
        bar.low,
        bar.close,
        bar.volume,
        bar.turnover,
        bar.takerBuyVolume,
        bar.markHigh,
        bar.markLow,
      ])
      expect([interest['timestamp'], interest['sumOpenInterest']].map(Number)).toEqual([
        bar.closeTime,
        bar.openInterest,
      ])
      expect(Number(ratio['longShortRatio'])).toBe(bar.longShortRatio)
      expect(Number(rates.at(-1)!['fundingRate'])).toBe(bar.fundingRate)
    }
  })

  it('reads open interest, accounts and funding with their history', async () => {
    const history = await exchange.fetchOpenInterestHistory(BTC, '1h', MONDAY - DAY_MS, 24)
    expect(history.map((point) => point.timestamp)).toEqual(
      Array.from({ length: 24 }, (_, i) => MONDAY - DAY_MS + i * HOUR_MS),
    )
    const { openInterestAmount, openInterestValue } = history[0]!
    expect(openInterestValue! / openInterestAmount!).toBeGreaterThan(10_000)
    const present = await exchange.fetchOpenInterest(BTC)
    expect(present.openInterestAmount! / history.at(-1)!.openInterestAmount!).toBeCloseTo(1, 0)
    const ratios = await exchange.fetchLongShortRatioHistory(BTC, '5m', undefined, 10)
    expect(ratios).toHaveLength(10)
    expect(ratios.at(-1)).toMatchObject({ symbol: BTC, timestamp: MONDAY + 6 * BAR_MS })
    expect(ratios.at(-1)!.longShortRatio).toBeGreaterThan(0)
    const rates = await exchange.fetchFundingRateHistory(BTC, undefined, 5)
    expect(rates.map((rate) => rate.timestamp)).toEqual([4, 3, 2, 1, 0].map((i) => MONDAY - i * 8 * HOUR_MS))
    const rate = await exchange.fetchFundingRate(BTC)
    expect(rate).toMatchObject({ symbol: BTC, fundingRate: rates.at(-1)!.fundingRate })
    expect(rate.fundingTimestamp).toBe(MONDAY + 8 * HOUR_MS)
    expect(await exchange.fetchFundingIntervals([BTC])).toMatchObject({ [BTC]: { interval: '8h' } })
  })

  it('reads prices, the book and trades', async () => {
    const ticker = await exchange.fetchTicker(BTC)
    expect(ticker.last).toBeGreaterThan(10_000)
    expect(ticker.high).toBeGreaterThanOrEqual(ticker.low!)
    const { bids, asks } = await exchange.fetchOrderBook(BTC, 20)
    expect([bids.length, asks.length]).toEqual([20, 20])
    expect(bids[0]![0]).toBeLessThan(asks[0]![0]!)
    const tops = await exchange.fetchBidsAsks([BTC])
    expect([tops[BTC]!.bid, tops[BTC]!.ask]).toEqual([bids[0]![0], asks[0]![0]])
    expect((await exchange.fetchLastPrices([BTC]))[BTC]!.price).toBe(ticker.last)
    const trades = await exchange.fetchTrades(BTC, undefined, 50)
    expect(trades).toHaveLength(50)
    expect(trades.at(-1)!.price).toBe(ticker.last)
    expect((await exchange.fetchMarkPrice(BTC)).markPrice).toBeGreaterThan(10_000)
  })

  it('is refused in words that it understands', async () => {
    const { BadSymbol, BadRequest } = await import('ccxt')
    await expect(exchange.fetchOHLCV(BTC, '1m')).rejects.toBeInstanceOf(BadRequest)
    await expect(exchange.fetchOHLCV(BTC, '5m', 1, 1, { symbol: 'NOPEUSDT' })).rejects.toBeInstanceOf(BadSymbol)
  })
})

describe('real ccxt, listening', () => {
  /** The watcher's next message, while the market moves on step by step. */
  async function next<T>(watch: () => Promise<T>): Promise<T> {
    let heard = false
    const message = watch().finally(() => (heard = true))
    while (!heard) {
      await server.advance(server.now + 2_000)
      await new Promise((done) => setTimeout(done, 2))
    }
    return message
  }

  it('hears marks, the top of the book, trades and candles', async () => {
    const mark = await next(() => exchange.watchMarkPrice(BTC, { use1sFreq: true }))
    const asked = await exchange.fetchMarkPrice(BTC)
    expect([mark.markPrice, mark.timestamp]).toEqual([asked.markPrice, asked.timestamp])
    const tops = await next(() => exchange.watchBidsAsks([BTC]))
    expect(tops[BTC]!.bid).toBe((await exchange.fetchBidsAsks([BTC]))[BTC]!.bid)
    const trades = await next(() => exchange.watchTrades(BTC, undefined, undefined, { name: 'aggTrade' }))
    expect(trades.at(-1)).toMatchObject({ symbol: BTC })
    expect(trades.at(-1)!.amount).toBeGreaterThan(0)
    const book = await next(() => exchange.watchOrderBook(BTC))
    expect(book.bids).toHaveLength(1_000)
    for (let i = 0; i < 60; i += 1) await next(() => exchange.watchOrderBook(BTC))
    const { bids, asks } = await exchange.fetchOrderBook(BTC, 1_000)
    expect([exchange.orderbooks[BTC]!.bids.slice(), exchange.orderbooks[BTC]!.asks.slice()]).toEqual([bids, asks])
    const candles = await next(() => exchange.watchOHLCV(BTC, '5m'))
    expect(candles.at(-1)!.slice(0, 5)).toEqual((await exchange.fetchOHLCV(BTC, '5m')).at(-1)!.slice(0, 5))
    const ticker = await next(() => exchange.watchTicker(BTC, { name: 'ticker' }))
    expect(ticker.last).toBe((await exchange.fetchTicker(BTC)).last)
  })
})
