import { describe, expect, it } from 'vitest'
import type { MarketEvent } from '../../../../../src/domain/event.ts'
import { epochMs } from '../../../../../src/domain/unit.ts'
import { createMarketData } from '../../../../../src/exchange/protocol/binance-usdm/market-data/market-data.ts'
import type { StreamFrame } from '../../../../../src/exchange/protocol/binance-usdm/market-data-port.ts'
import { BTC, T0 } from '../../fixture.ts'
import { ask, BAR_MS, crowdScene, MONDAY, NO_STREAMS, queryOf } from './scene.ts'

const HOUR = 3_600_000

describe('exchangeInfo', () => {
  it('tells the filters as they are now', () => {
    let listed = BTC
    const data = createMarketData({ instruments: () => [listed], barMs: BAR_MS, history: [], halfSpread: () => 0.0001 })
    const filters = (): unknown =>
      (ask(data, '/fapi/v1/exchangeInfo', {}, T0) as { symbols: [{ filters: unknown }] }).symbols[0].filters
    expect(filters()).toEqual([
      { filterType: 'PRICE_FILTER', minPrice: '0.1', maxPrice: '4529764', tickSize: '0.1' },
      { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
      { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
      { filterType: 'MIN_NOTIONAL', notional: '100' },
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      { filterType: 'MAX_NUM_ALGO_ORDERS', limit: 10 },
      { filterType: 'PERCENT_PRICE', multiplierUp: '1.0500', multiplierDown: '0.9500', multiplierDecimal: '4' },
    ])
    listed = { ...BTC, minNotional: BTC.minNotional.times(2) }
    expect(filters()).toContainEqual({ filterType: 'MIN_NOTIONAL', notional: '200' })
    const info = ask(data, '/fapi/v1/exchangeInfo', {}, T0) as { symbols: [Record<string, unknown>] }
    expect(info.symbols[0]).toMatchObject({ contractType: 'PERPETUAL', status: 'TRADING', pricePrecision: 1 })
    expect(info.symbols[0]['orderTypes']).toContain('STOP_MARKET')
  })
})

describe('prices', () => {
  it('are those of the last event, and the drawn book leaves the spread as it is', () => {
    const { data, run } = crowdScene(['BTCUSDT', 'ETHUSDT'])
    const prices: MarketEvent[] = []
    run(MONDAY + HOUR, (event) => {
      if (event.kind === 'price' && event.instrument.symbol === 'BTCUSDT') prices.push({ ...event })
    })
    const now = MONDAY + HOUR
    const last = prices.at(-1)!
    if (last.kind !== 'price') throw new Error('no price')
    const symbol = 'BTCUSDT'
    expect(ask(data, '/fapi/v2/ticker/price', { symbol }, now)).toEqual({
      symbol,
      price: String(last.last),
      time: last.time,
    })
    expect(ask(data, '/fapi/v1/premiumIndex', { symbol }, now)).toMatchObject({
      markPrice: String(last.mark),
      nextFundingTime: MONDAY + 8 * HOUR,
    })
    expect(ask(data, '/fapi/v1/ticker/bookTicker', { symbol }, now)).toMatchObject({
      bidPrice: String(last.bid),
      askPrice: String(last.ask),
    })
    const depth = ask(data, '/fapi/v1/depth', { symbol, limit: 20 }, now) as {
      synthetic: boolean
      bids: [string, string][]
      asks: [string, string][]
    }
    expect(depth.synthetic).toBe(true)
    expect([depth.bids[0]![0], depth.asks[0]![0]]).toEqual([String(last.bid), String(last.ask)])
    const levels = [...depth.bids.map(([p]) => Number(p)).toReversed(), ...depth.asks.map(([p]) => Number(p))]
    expect(levels).toHaveLength(40)
    expect(levels).toEqual(levels.toSorted((a, b) => a - b))
    expect(new Set(levels).size).toBe(40)
    for (const [p, q] of [...depth.bids, ...depth.asks]) {
      expect(p).toMatch(/^\d+(\.\d)?$/)
      expect(q).toMatch(/^\d+(\.\d{1,3})?$/)
      expect(Number(q)).toBeGreaterThan(0)
    }
    expect(ask(data, '/fapi/v1/ticker/price', {}, now)).toHaveLength(2)
    expect(data.answer('/fapi/v1/depth', queryOf({ symbol, limit: 7 }), now)).toMatchObject({
      status: 400,
      body: { code: -4021 },
    })
  })

  it('of open interest are whole lots, worth in dollars what the event says at the mark of then', () => {
    const { data, run, instruments } = crowdScene(['BTCUSDT', 'SOLUSDT'])
    const marks = new Map<string, number>()
    let checked = 0
    run(MONDAY + HOUR, (event) => {
      const { symbol } = event.instrument
      if (event.kind === 'price') marks.set(symbol, event.mark)
      if (event.kind !== 'open_interest') return
      const told = ask(data, '/fapi/v1/openInterest', { symbol }, event.time) as { openInterest: string; time: number }
      expect(told.time).toBe(event.openInterest.asOf)
      expect(Number(told.openInterest) * marks.get(symbol)!).toBe(event.openInterest.totalUsd)
      checked += 1
    })
    expect(checked).toBe(2 * 120)
    expect(instruments).toHaveLength(2)
  })

  it('of a tape without a book lie half a spread apart from the last, on ticks', () => {
    const data = createMarketData({ instruments: () => [BTC], barMs: BAR_MS, history: [], halfSpread: () => 0.0005 })
    const price = { last: 50_000, mark: 50_000, bid: Number.NaN, ask: Number.NaN, instrument: BTC }
    data.observe({ kind: 'price', time: epochMs(T0), venueTime: epochMs(T0), ...price }, T0, NO_STREAMS)
    expect(ask(data, '/fapi/v1/ticker/bookTicker', { symbol: 'BTCUSDT' }, T0)).toMatchObject({
      bidPrice: '49975',
      askPrice: '50025',
      bidQty: '0.002',
    })
  })
})

describe('streams', () => {
  const collect = (wanted: readonly string[], until: number): readonly StreamFrame[] => {
    const { run } = crowdScene(['BTCUSDT', 'ETHUSDT'])
    const found: StreamFrame[] = []
    run(until, (_event, frames) => found.push(...frames), new Set(wanted))
    return found
  }

  it('are silent about what nobody wants', () => {
    expect(collect([], MONDAY + 60_000)).toEqual([])
    const found = collect(['ethusdt@bookTicker'], MONDAY + 60_000)
    expect(new Set(found.map((frame) => frame.stream))).toEqual(new Set(['ethusdt@bookTicker']))
    // One at 0 s and one every 2 s.
    expect(found).toHaveLength(31)
  })

  it('speak of every price', () => {
    const { run } = crowdScene(['BTCUSDT', 'ETHUSDT'])
    let checked = 0
    const wanted = new Set(['btcusdt@markPrice@1s', 'btcusdt@bookTicker', 'btcusdt@miniTicker', '!markPrice@arr@1s'])
    run(
      MONDAY + 60_000,
      (event, frames) => {
        if (event.kind !== 'price') return
        const of = (stream: string): unknown => frames.find((frame) => frame.stream === stream)?.data
        const mark = {
          e: 'markPriceUpdate',
          E: event.time,
          s: event.instrument.symbol,
          p: String(event.mark),
          T: MONDAY + 8 * HOUR,
        }
        expect(of('!markPrice@arr@1s')).toEqual([expect.objectContaining(mark)])
        if (event.instrument.symbol !== 'BTCUSDT') return expect(frames).toHaveLength(1)
        expect(of('btcusdt@markPrice@1s')).toMatchObject(mark)
        expect(of('btcusdt@bookTicker')).toMatchObject({ b: String(event.bid), a: String(event.ask), T: event.time })
        expect(of('btcusdt@miniTicker')).toMatchObject({ c: String(event.last), e: '24hrMiniTicker' })
        checked += 1
      },
      wanted,
    )
    expect(checked).toBe(31)
  })

  it('close a candle when its bar is published, with the figures of the bar', () => {
    const { run } = crowdScene(['BTCUSDT'])
    const closes: unknown[] = []
    run(
      MONDAY + 3 * BAR_MS + 1_500,
      (event, frames) => {
        for (const { stream, data } of frames) {
          const { k } = data as { k: { x: boolean; t: number; v: string; q: string; V: string; c: string } }
          if (event.kind === 'price') expect(k.x).toBe(false)
          if (event.kind !== 'bar') continue
          if (stream.endsWith('_5m'))
            expect([k.t, Number(k.v), Number(k.q), Number(k.V), Number(k.c), k.x]).toEqual([
              event.openTime,
              event.volume,
              event.turnover,
              event.takerBuyVolume,
              event.close,
              true,
            ])
          closes.push([stream, (k.t - MONDAY) / BAR_MS, k.x])
        }
      },
      new Set(['btcusdt@kline_5m', 'btcusdt@kline_15m']),
    )
    expect(closes).toEqual([
      // The bar that ends at the start is of the last quarter hour before it.
      ['btcusdt@kline_5m', -1, true],
      ['btcusdt@kline_15m', -3, true],
      ['btcusdt@kline_5m', 0, true],
      ['btcusdt@kline_15m', 0, false],
      ['btcusdt@kline_5m', 1, true],
      ['btcusdt@kline_15m', 0, false],
      ['btcusdt@kline_5m', 2, true],
      ['btcusdt@kline_15m', 0, true],
    ])
  })

  it('show forced orders of the crowd, the largest of an instant and symbol', () => {
    const { run, forcedSo } = crowdScene(['BTCUSDT', 'ETHUSDT'])
    const frames: StreamFrame[] = []
    const before = forcedSo()
    run(
      MONDAY + 12 * HOUR,
      (_event, found) => frames.push(...found),
      new Set(['!forceOrder@arr', 'btcusdt@forceOrder']),
    )
    const orders = frames
      .filter((frame) => frame.stream === '!forceOrder@arr')
      .map((frame) => (frame.data as { o: { s: string; S: string; T: number; q: string; ap: string } }).o)
    const after = forcedSo()
    expect(orders.length).toBeGreaterThan(5)
    expect(orders.length).toBeLessThanOrEqual(after.count - before.count)
    const worth = orders.reduce((sum, order) => sum + Number(order.q) * Number(order.ap), 0)
    expect(worth).toBeGreaterThan(0.5 * (after.notional - before.notional))
    expect(worth).toBeLessThanOrEqual(1.000001 * (after.notional - before.notional))
    expect(new Set(orders.map((order) => `${order.s}${order.T}`)).size).toBe(orders.length)
    expect(frames.filter((frame) => frame.stream === 'btcusdt@forceOrder')).toHaveLength(
      orders.filter((order) => order.s === 'BTCUSDT').length,
    )
  })
})
