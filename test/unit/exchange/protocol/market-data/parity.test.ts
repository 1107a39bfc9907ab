import { describe, expect, it } from 'vitest'
import type { BarEvent } from '../../../../../src/domain/event.ts'
import { DAY_MS } from '../../../../../src/domain/time.ts'
import { createExchange } from '../../../../../src/exchange/exchange.ts'
import {
  createMarketData,
  type RecordedMarketData,
} from '../../../../../src/exchange/protocol/binance-usdm/market-data/market-data.ts'
import { createBarTape } from '../../../../../src/exchange/tape/bar-tape.ts'
import { epochMs } from '../../../../../src/domain/unit.ts'
import { BTC, columnsOf, PARAMETERS } from '../../fixture.ts'
import { ask, BAR_MS, crowdScene, MONDAY } from './scene.ts'

type Kline = readonly (string | number)[]

/** The bar that opened at `openTime` as a client puts it together from what it is told at `now`. */
function barFromAnswers(data: RecordedMarketData, symbol: string, openTime: number, now: number): Partial<BarEvent> {
  const closeTime = openTime + BAR_MS
  const [last] = ask(data, '/fapi/v1/klines', { symbol, interval: '5m', startTime: openTime, limit: 1 }, now) as [Kline]
  const [mark] = ask(
    data,
    '/fapi/v1/markPriceKlines',
    { symbol, interval: '5m', startTime: openTime, limit: 1 },
    now,
  ) as [Kline]
  const [interest] = ask(
    data,
    '/futures/data/openInterestHist',
    { symbol, period: '5m', startTime: closeTime, endTime: closeTime },
    now,
  ) as [{ sumOpenInterest: string }]
  const [ratio] = ask(
    data,
    '/futures/data/globalLongShortAccountRatio',
    { symbol, period: '5m', startTime: openTime, endTime: openTime },
    now,
  ) as [{ longShortRatio: string }]
  const rates = ask(data, '/fapi/v1/fundingRate', { symbol, endTime: closeTime - 1 }, now) as readonly {
    fundingRate: string
  }[]
  return {
    openTime: Number(last[0]) as BarEvent['openTime'],
    closeTime: (Number(last[6]) + 1) as BarEvent['closeTime'],
    open: Number(last[1]),
    high: Number(last[2]),
    low: Number(last[3]),
    close: Number(last[4]),
    volume: Number(last[5]),
    turnover: Number(last[7]),
    takerBuyVolume: Number(last[9]),
    markHigh: Number(mark[2]),
    markLow: Number(mark[3]),
    openInterest: Number(interest.sumOpenInterest),
    longShortRatio: Number(ratio.longShortRatio),
    fundingRate: Number(rates.at(-1)?.fundingRate),
  }
}

const figuresOf = (bar: BarEvent): Partial<BarEvent> => {
  const { kind: _kind, time: _time, instrument: _instrument, ...figures } = bar
  return figures
}

describe('what the answers tell of a bar when it is published', () => {
  it('is the in-process event to the last bit, for a whole day of three markets', () => {
    const { data, run } = crowdScene(['BTCUSDT', 'ETHUSDT', 'SOLUSDT'])
    const bars: BarEvent[] = []
    run(MONDAY + DAY_MS + 2_000, (event) => {
      if (event.kind !== 'bar') return
      expect(event.time).toBe(event.closeTime + 1_500)
      expect(barFromAnswers(data, event.instrument.symbol, event.openTime, event.time)).toEqual(figuresOf(event))
      bars.push({ ...event })
    })
    expect(bars).toHaveLength(3 * 289)
    expect(new Set(bars.map((bar) => bar.fundingRate)).size).toBeGreaterThan(3)
    // Asked a day later the figures are the same.
    for (const bar of bars.slice(0, 30))
      expect(barFromAnswers(data, bar.instrument.symbol, bar.openTime, MONDAY + DAY_MS + 2_000)).toEqual(figuresOf(bar))
  })

  it('is the in-process event for the history before the start too', () => {
    const { data, preroll } = crowdScene(['BTCUSDT', 'SOLUSDT'])
    expect(preroll).toHaveLength(2 * 575)
    for (const bar of preroll)
      expect(barFromAnswers(data, bar.instrument.symbol, bar.openTime, MONDAY)).toEqual(figuresOf(bar))
  })
})

describe('what the answers do not tell', () => {
  it('a bar’s open interest before the bar is published, and a settlement before its time', () => {
    const { data, run } = crowdScene(['BTCUSDT'])
    const close = MONDAY + 8 * 3_600_000
    run(close - 1)
    const period = { symbol: 'BTCUSDT', period: '5m', limit: 1 }
    const newest = (now: number): readonly number[] => [
      (ask(data, '/futures/data/openInterestHist', period, now) as [{ timestamp: number }])[0].timestamp,
      (ask(data, '/futures/data/globalLongShortAccountRatio', period, now) as [{ timestamp: number }])[0].timestamp,
      (ask(data, '/futures/data/takerlongshortRatio', period, now) as [{ timestamp: number }])[0].timestamp,
      (ask(data, '/fapi/v1/fundingRate', { symbol: 'BTCUSDT' }, now) as readonly { fundingTime: number }[]).at(-1)!
        .fundingTime,
    ]
    const before = [close - BAR_MS, close - BAR_MS, close - 2 * BAR_MS, MONDAY]
    expect(newest(close - 1)).toEqual(before)
    // The matching core may have read further ahead than the time that is asked for.
    run(close + 1_499)
    expect(newest(close - 1)).toEqual(before)
    expect(newest(close + 1_499)).toEqual([...before.slice(0, 3), close])
    run(close + 1_500)
    expect(newest(close + 1_499)).toEqual([...before.slice(0, 3), close])
    expect(newest(close + 1_500)).toEqual([close, close - BAR_MS, close - BAR_MS, close])
  })
})

describe('on candles', () => {
  const count = 96
  const wave = (scale: number, base: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => base + scale * Math.sin(i / 5))
  const columns = {
    ...columnsOf(
      'BTCUSDT',
      Array.from(wave(700, 50_000), (open, i) => [open, open + 90.5, open - 80.25, open + 10 * Math.cos(i), 1_000 + i]),
      { barMs: 15 * 60_000, start: MONDAY, fundingRate: Array.from({ length: count }, () => 0.0001) },
    ),
    turnover: wave(1e6, 5e7),
    openInterest: wave(3_333.3, 40_000),
    longShortRatio: wave(0.3, 1.2),
    takerBuyVolume: wave(100, 500),
  }
  const scene = (): { data: RecordedMarketData; run: (seen: (event: BarEvent) => void) => void } => {
    const data = createMarketData({
      instruments: () => [BTC],
      barMs: columns.barMs,
      history: [],
      halfSpread: () => 0.0001,
    })
    const { events } = createExchange({
      tape: data.watch(createBarTape([{ instrument: BTC, columns }], PARAMETERS)),
      parameters: PARAMETERS,
    })
    const run = (seen: (event: BarEvent) => void): void => {
      const end = epochMs(MONDAY + DAY_MS)
      for (let event = events.next(end); event !== undefined; event = events.next(end)) {
        if (event.kind !== 'price' && event.kind !== 'bar') continue
        data.observe(event, event.time, new Set())
        if (event.kind === 'bar') seen(event)
      }
    }
    return { data, run }
  }

  it('a closed bar is answered with the figures of its event', () => {
    const { data, run } = scene()
    let checked = 0
    run((event) => {
      const { openTime, closeTime } = event
      const one = (path: string, query: Record<string, string | number>): readonly unknown[] =>
        ask(data, path, { symbol: 'BTCUSDT', ...query }, event.time) as readonly unknown[]
      const [row] = one('/fapi/v1/klines', { interval: '15m', startTime: openTime, limit: 1 }) as [Kline]
      const { open, high, low, close, volume, turnover, takerBuyVolume } = event
      expect([...row.slice(1, 6), row[7], row[9]].map(Number)).toEqual([
        open,
        high,
        low,
        close,
        volume,
        turnover,
        takerBuyVolume,
      ])
      const [ratio] = one('/futures/data/globalLongShortAccountRatio', { period: '15m', limit: 1 })
      expect(ratio).toMatchObject({ timestamp: openTime, longShortRatio: String(event.longShortRatio) })
      const interest = one('/futures/data/openInterestHist', { period: '15m', startTime: closeTime })
      // The file has no row after the last bar, so its open interest is not known.
      if (Number.isNaN(event.openInterest)) expect(interest).toEqual([])
      else expect(interest).toMatchObject([{ timestamp: closeTime, sumOpenInterest: String(event.openInterest) }])
      checked += 1
    })
    expect(checked).toBe(count)
  })

  it('settlements appear at their time', () => {
    const { data, run } = scene()
    run(() => undefined)
    const rates = ask(data, '/fapi/v1/fundingRate', { symbol: 'BTCUSDT' }, MONDAY + DAY_MS) as { fundingTime: number }[]
    expect(rates.map((rate) => (rate.fundingTime - MONDAY) / 3_600_000)).toEqual([0, 8, 16])
  })
})
