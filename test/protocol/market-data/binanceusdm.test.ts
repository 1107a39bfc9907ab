import { afterEach, describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { BAR_MS, scriptedMarket, type ScriptedMarket } from '../../fixture/scripted-market.ts'
import { ok, type Handler } from '../../fixture/scripted-server.ts'

let market: ScriptedMarket
afterEach(() => market.close())

const OPEN = 1_767_570_900_000
const CLOSE = OPEN + BAR_MS
const DAY_MS = 24 * 3_600_000
const candle = [OPEN, '60000', '60100', '59900', '60050.5', '12.5', CLOSE - 1, '750000', 9, '7.5', '450000', '0']

const handlers = (more: Readonly<Record<string, Handler>> = {}): ReadonlyMap<string, Handler> =>
  new Map<string, Handler>([
    ['GET /fapi/v1/klines', () => ok([candle])],
    ['GET /fapi/v1/markPriceKlines', () => ok([candle])],
    [
      'GET /futures/data/openInterestHist',
      () => ok([{ symbol: 'BTCUSDT', sumOpenInterest: '51000.25', timestamp: CLOSE }]),
    ],
    ['GET /futures/data/globalLongShortAccountRatio', () => ok([{ longShortRatio: '1.5', timestamp: OPEN }])],
    ['GET /fapi/v1/fundingRate', () => ok([{ fundingTime: OPEN - 1, fundingRate: '0.0001' }])],
    ['GET /fapi/v1/openInterest', () => ok({ symbol: 'BTCUSDT', openInterest: '51007', time: CLOSE + 1_000 })],
    ...Object.entries(more),
  ])

describe('market data of Binance’s demo system', () => {
  it('comes from there, and from the live system without a key where demo has none', async () => {
    market = await scriptedMarket('binanceusdm', 'demo', handlers())
    const [bar] = await market.dialect.history(market.instrument, epochMs(OPEN), epochMs(CLOSE))
    expect(bar).toMatchObject({ close: 60_050.5, openInterest: 51_000.25, longShortRatio: 1.5, takerBuyVolume: 7.5 })
    const event = await market.dialect.openInterest(market.instrument, 60_000, false, epochMs(CLOSE))
    expect(event.openInterest.totalUsd).toBe(51_007 * 60_000)
    expect(market.asked()).toEqual([
      'demo-fapi.binance.com/fapi/v1/fundingRate?symbol=BTCUSDT&startTime=1767513240000&endTime=1767571199999&limit=1000',
      'demo-fapi.binance.com/fapi/v1/klines?symbol=BTCUSDT&interval=5m&startTime=1767570900000&endTime=1767571199999&limit=1000',
      'demo-fapi.binance.com/fapi/v1/markPriceKlines?symbol=BTCUSDT&interval=5m&startTime=1767570900000&endTime=1767571199999&limit=1000',
      'fapi.binance.com/fapi/v1/openInterest?symbol=BTCUSDT',
      'fapi.binance.com/futures/data/globalLongShortAccountRatio?symbol=BTCUSDT&period=5m&startTime=1767570900000&endTime=1767570900000&limit=500',
      'fapi.binance.com/futures/data/openInterestHist?symbol=BTCUSDT&period=5m&startTime=1767571200000&endTime=1767571200000&limit=500',
    ])
    const names = market.server.requests.flatMap(({ headers }) => Object.keys(headers))
    expect(names.filter((name) => name === 'x-mbx-apikey')).toEqual([])
  })

  it('is never asked for statistics older than the 30 days that the venue keeps', async () => {
    const starts: number[] = []
    const noting: Handler = ({ parameters }) => {
      starts.push(Number(parameters['startTime']))
      return ok([{ longShortRatio: '1', sumOpenInterest: '1', timestamp: Number(parameters['endTime']) }])
    }
    market = await scriptedMarket(
      'binanceusdm',
      'demo',
      handlers({
        'GET /futures/data/openInterestHist': noting,
        'GET /futures/data/globalLongShortAccountRatio': noting,
      }),
    )
    await market.dialect.history(market.instrument, epochMs(CLOSE - 40 * DAY_MS), epochMs(CLOSE))
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(CLOSE - 30 * DAY_MS + 3_600_000 - BAR_MS)
    expect(Math.min(...starts)).toBeLessThan(CLOSE - 29 * DAY_MS)
  })

  it('takes what is open now for a bar whose open interest is not published yet', async () => {
    market = await scriptedMarket(
      'binanceusdm',
      'demo',
      handlers({ 'GET /futures/data/openInterestHist': () => ok([]) }),
    )
    const bar = await market.dialect.bar(market.instrument, epochMs(OPEN), epochMs(CLOSE + 2_500))
    expect(bar!.openInterest).toBe(51_007)
  })
})
