import { describe, expect, it } from 'vitest'
import type { BarEvent } from '../../../../../src/domain/event.ts'
import { DAY_MS } from '../../../../../src/domain/time.ts'
import type { RecordedMarketData } from '../../../../../src/exchange/protocol/binance-usdm/market-data/market-data.ts'
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
