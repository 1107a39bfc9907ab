import { describe, expect, it } from 'vitest'
import type { BarEvent, PriceEvent } from '../../../../../src/domain/event.ts'
import { epochMs } from '../../../../../src/domain/unit.ts'
import { BARS_KEPT, createBarStore } from '../../../../../src/exchange/protocol/binance-usdm/market-data/bar-store.ts'
import {
  createMarketData,
  type RecordedMarketData,
} from '../../../../../src/exchange/protocol/binance-usdm/market-data/market-data.ts'
import { BTC, ETH, MINUTE, T0 } from '../../fixture.ts'
import { ask, BAR_MS, crowdScene, MONDAY, NO_STREAMS, queryOf } from './scene.ts'

const barAt = (i: number, more: Partial<BarEvent> = {}): BarEvent => ({
  kind: 'bar',
  time: epochMs(T0 + (i + 1) * BAR_MS),
  openTime: epochMs(T0 + i * BAR_MS),
  closeTime: epochMs(T0 + (i + 1) * BAR_MS),
  instrument: BTC,
  open: 100 + i,
  high: 103 + i,
  low: 99 + i,
  close: 101 + i,
  volume: 10,
  turnover: 1_000,
  markHigh: Number.NaN,
  markLow: Number.NaN,
  openInterest: 500 + i,
  fundingRate: 0.0001,
  longShortRatio: 1.5,
  takerBuyVolume: 4,
  ...more,
})

const priceAt = (ms: number, last: number, mark = last): PriceEvent => ({
  kind: 'price',
  time: epochMs(T0 + ms),
  venueTime: epochMs(T0 + ms),
  instrument: BTC,
  last,
  mark,
  bid: Number.NaN,
  ask: Number.NaN,
})

function withBars(history: readonly BarEvent[]): RecordedMarketData {
  return createMarketData({ instruments: () => [BTC, ETH], barMs: BAR_MS, history, halfSpread: () => 0.0001 })
}

const klines = (data: RecordedMarketData, now: number, query: Record<string, string | number>): unknown[][] =>
  ask(data, '/fapi/v1/klines', { symbol: 'BTCUSDT', ...query }, now) as unknown[][]

const NOW = T0 + 7 * BAR_MS
const seven = Array.from({ length: 7 }, (_, i) => barAt(i))

describe('klines', () => {
  it('add bars up to longer ones', () => {
    const data = withBars(seven)
    expect(klines(data, NOW, { interval: '15m' })).toEqual([
      [T0, '100', '105', '99', '103', '30', T0 + 899_999, '3000', 0, '12', '1200', '0'],
      [T0 + 900_000, '103', '108', '102', '106', '30', T0 + 1_799_999, '3000', 0, '12', '1200', '0'],
      [T0 + 1_800_000, '106', '109', '105', '107', '10', T0 + 2_699_999, '1000', 0, '4', '400', '0'],
    ])
  })

  it('show the latest without a start, and go forward from one', () => {
    const data = withBars(seven)
    const opens = (query: Record<string, number>): number[] =>
      klines(data, NOW, { interval: '5m', ...query }).map((row) => (Number(row[0]) - T0) / BAR_MS)
    expect(opens({ limit: 2 })).toEqual([5, 6])
    expect(opens({ limit: 2, endTime: T0 + 3 * BAR_MS + 5 })).toEqual([2, 3])
    expect(opens({ limit: 2, startTime: T0 + 1 })).toEqual([1, 2])
    expect(opens({ startTime: T0 + BAR_MS, endTime: T0 + 3 * BAR_MS })).toEqual([1, 2, 3])
    expect(opens({ startTime: T0 + 9 * BAR_MS })).toEqual([])
    expect(klines(data, NOW, { interval: '15m', startTime: T0 + 1, limit: 1 })[0]![0]).toBe(T0 + 900_000)
  })

  it('hold the bar in the making, and the one that is over but not published', () => {
    const data = withBars(seven)
    data.observe(priceAt(7 * BAR_MS, 110, 111), NOW, NO_STREAMS)
    data.observe(priceAt(7 * BAR_MS + 9_000, 107, 108), NOW + 9_000, NO_STREAMS)
    data.observe(priceAt(8 * BAR_MS, 109, 109), NOW + BAR_MS, NO_STREAMS)
    const now = NOW + BAR_MS
    expect(klines(data, now, { interval: '5m', limit: 2 }).map((row) => row.slice(0, 6))).toEqual([
      [NOW, '110', '110', '107', '107', '0'],
      [NOW + BAR_MS, '109', '109', '109', '109', '0'],
    ])
    const marks = ask(data, '/fapi/v1/markPriceKlines', { symbol: 'BTCUSDT', interval: '5m', limit: 2 }, now)
    expect((marks as unknown[][]).map((row) => row.slice(0, 6))).toEqual([
      [NOW, '111', '111', '108', '108', '0'],
      [NOW + BAR_MS, '109', '109', '109', '109', '0'],
    ])
    expect(klines(data, now, { interval: '15m', limit: 1 })[0]!.slice(0, 5)).toEqual([
      T0 + 6 * BAR_MS,
      '106',
      '110',
      '105',
      '109',
    ])
    // Its publication puts the exact figures in its place, and it is not counted twice.
    data.observe(barAt(7, { open: 110, high: 110, low: 107, close: 107, volume: 33 }), now, NO_STREAMS)
    expect(klines(data, now, { interval: '5m', limit: 3 }).map((row) => [row[0], row[5]])).toEqual([
      [T0 + 6 * BAR_MS, '10'],
      [NOW, '33'],
      [NOW + BAR_MS, '0'],
    ])
  })

  it('of marks stand on the last price where the feed has none, and keep within the marks it has', () => {
    const data = withBars([barAt(0), barAt(1, { markHigh: 101.5, markLow: 101.25 })])
    const marks = ask(data, '/fapi/v1/markPriceKlines', { symbol: 'BTCUSDT', interval: '5m' }, NOW) as unknown[][]
    expect(marks.map((row) => row.slice(1, 5))).toEqual([
      ['100', '103', '99', '101'],
      ['101.25', '101.5', '101.25', '101.5'],
    ])
  })

  it('write every double in full and without an exponent, and say NaN for what is not known', () => {
    const data = withBars([barAt(0, { volume: 1e-9, takerBuyVolume: Number.NaN, close: 100.10000000000001 })])
    const [row] = klines(data, NOW, { interval: '5m' })
    expect([row![4], row![5], row![9]]).toEqual(['100.10000000000001', '0.000000001', 'NaN'])
  })

  it('refuse in the exchange’s words', () => {
    const data = withBars(seven)
    const refusal = (query: Record<string, string | number>): unknown =>
      data.answer('/fapi/v1/klines', queryOf(query), NOW)
    const symbol = 'BTCUSDT'
    const wrong = (code: number, msg: string): unknown => expect.objectContaining({ status: 400, body: { code, msg } })
    expect(refusal({ interval: '5m' })).toEqual(
      wrong(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."),
    )
    expect(refusal({ symbol: 'NOPEUSDT', interval: '5m' })).toEqual(wrong(-1121, 'Invalid symbol.'))
    expect(refusal({ symbol })).toEqual(
      wrong(-1102, "Mandatory parameter 'interval' was not sent, was empty/null, or malformed."),
    )
    // Bars of five minutes do not make candles of one.
    for (const interval of ['1m', '7m'])
      expect(refusal({ symbol, interval })).toEqual(wrong(-1120, 'Invalid interval.'))
    expect(refusal({ symbol, interval: '5m', limit: 1_501 })).toEqual(
      wrong(-1130, "Data sent for parameter 'limit' is not valid."),
    )
    expect(refusal({ symbol, interval: '5m', startTime: 2, endTime: 1 })).toEqual(
      wrong(-1023, 'Start time is greater than end time.'),
    )
    expect(refusal({ symbol, interval: '5m', startTime: 'soon' })).toMatchObject({ status: 400, body: { code: -1100 } })
  })

  it('weigh by their limit', () => {
    const data = withBars(seven)
    const weight = (limit: number): number | undefined =>
      data.answer('/fapi/v1/klines', queryOf({ symbol: 'BTCUSDT', interval: '5m', limit }), NOW)?.weight
    expect([99, 100, 500, 1_000, 1_001].map(weight)).toEqual([1, 2, 5, 5, 10])
  })
})

describe('statistics', () => {
  it('fall on their period, in base units and in dollars', () => {
    const data = withBars(seven)
    const query = { symbol: 'BTCUSDT', period: '15m' }
    expect(ask(data, '/futures/data/openInterestHist', query, NOW)).toEqual([
      { symbol: 'BTCUSDT', sumOpenInterest: '502', sumOpenInterestValue: String(502 * 103), timestamp: T0 + 900_000 },
      { symbol: 'BTCUSDT', sumOpenInterest: '505', sumOpenInterestValue: String(505 * 106), timestamp: T0 + 1_800_000 },
    ])
    expect(ask(data, '/futures/data/takerlongshortRatio', query, NOW)).toEqual([
      { buySellRatio: String(12 / 18), buyVol: '12', sellVol: '18', timestamp: T0 },
      { buySellRatio: String(12 / 18), buyVol: '12', sellVol: '18', timestamp: T0 + 900_000 },
    ])
    expect(ask(data, '/futures/data/globalLongShortAccountRatio', { ...query, limit: 1 }, NOW)).toEqual([
      { symbol: 'BTCUSDT', longAccount: '0.6', shortAccount: '0.4', longShortRatio: '1.5', timestamp: T0 + 1_800_000 },
    ])
  })

  it('have no points where the feed has no figure, and no periods that its bars do not make', () => {
    const data = withBars(seven.map((bar) => ({ ...bar, openInterest: Number.NaN, longShortRatio: Number.NaN })))
    const query = { symbol: 'BTCUSDT', period: '5m' }
    expect(ask(data, '/futures/data/openInterestHist', query, NOW)).toEqual([])
    expect(ask(data, '/futures/data/globalLongShortAccountRatio', query, NOW)).toEqual([])
    expect(data.answer('/futures/data/openInterestHist', queryOf({ ...query, period: '8h' }), NOW)).toMatchObject({
      status: 400,
      body: { code: -1130 },
    })
    expect(data.answer('/futures/data/topLongShortPositionRatio', queryOf(query), NOW)).toBeUndefined()
  })
})

describe('the bars that are kept', () => {
  it('are the latest, however long the market runs', () => {
    const store = createBarStore(MINUTE, 2_000)
    const { kind: _kind, instrument: _instrument, closeTime: _close, fundingRate: _rate, ...row } = barAt(0)
    for (let i = 0; i < 20_000; i += 1)
      store.add({ ...row, markOpen: 1, markClose: 1, openTime: i * MINUTE, time: (i + 1) * MINUTE, close: i })
    expect(store.length()).toBeLessThan(2_000 + 5_000 + 1)
    expect(store.length()).toBeGreaterThanOrEqual(2_000)
    const last = store.length() - 1
    expect([store.at('close', last), store.at('close', last - 1_999)]).toEqual([19_999, 18_000])
    expect(store.at('close', store.from(19_000 * MINUTE - 1))).toBe(19_000)
    expect(store.known(19_990 * MINUTE)).toBe(store.length() - 10)
    expect(BARS_KEPT * BAR_MS).toBeGreaterThan(60 * 24 * 60 * MINUTE)
  })
})

describe('trades and the day', () => {
  it('trades add up to the bar, buyers and sellers apart', () => {
    const { data, run } = crowdScene(['BTCUSDT'])
    run(MONDAY + BAR_MS + 1_500)
    const query = { symbol: 'BTCUSDT', startTime: MONDAY, endTime: MONDAY + BAR_MS - 1, limit: 1_000 }
    const trades = ask(data, '/fapi/v1/aggTrades', query, MONDAY + BAR_MS + 1_500) as readonly {
      q: string
      p: string
      m: boolean
      a: number
    }[]
    const [row] = klines(data, MONDAY + BAR_MS + 1_500, { interval: '5m', startTime: MONDAY })
    const sum = (of: typeof trades): number => of.reduce((total, trade) => total + Number(trade.q), 0)
    expect(trades.length).toBeGreaterThan(250)
    expect(sum(trades)).toBeCloseTo(Number(row![5]), 6)
    expect(sum(trades.filter((trade) => !trade.m))).toBeCloseTo(Number(row![9]), 6)
    expect(Math.max(...trades.map((trade) => Number(trade.p)))).toBe(Number(row![2]))
    expect(trades.map((trade) => trade.a)).toEqual(trades.map((_, i) => trades[0]!.a + i))
    const after = ask(data, '/fapi/v1/aggTrades', { symbol: 'BTCUSDT', fromId: trades[5]!.a, limit: 2 }, MONDAY)
    expect((after as typeof trades).map((trade) => trade.a)).toEqual([trades[5]!.a, trades[5]!.a + 1])
  })

  it('the ticker spans the 24 hours before now', () => {
    const day = Array.from({ length: 300 }, (_, i) => barAt(i))
    const data = withBars(day)
    const now = T0 + 300 * BAR_MS
    data.observe(priceAt(300 * BAR_MS, 380), now, NO_STREAMS)
    expect(ask(data, '/fapi/v1/ticker/24hr', { symbol: 'BTCUSDT' }, now)).toMatchObject({
      // Bar 12 opened 24 hours ago.
      openTime: T0 + 12 * BAR_MS,
      openPrice: '112',
      lowPrice: '111',
      highPrice: '402',
      lastPrice: '380',
      priceChange: '268',
      priceChangePercent: '239.286',
      volume: String(288 * 10),
      quoteVolume: String(288 * 1_000),
      weightedAvgPrice: '100',
    })
    // Symbols without a price yet are left out.
    expect(ask(data, '/fapi/v1/ticker/24hr', {}, now)).toHaveLength(1)
  })
})
