import { afterEach, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { list } from '../../fixture/scripted-bybit.ts'
import { scriptedMarket, type ScriptedMarket } from '../../fixture/scripted-market.ts'
import { rows } from '../../fixture/scripted-okx.ts'
import { ok, type Handler } from '../../fixture/scripted-server.ts'

/** What a tape that goes on asks the venues besides: candles of one minute after an outage, and settlements. */

let market: ScriptedMarket
afterEach(() => market.close())

/** A whole minute, and half of the next one. */
const FROM = 1_767_570_900_000
const NOW = FROM + 90_000
const NEXT = FROM + 3_600_000

const VENUES: Readonly<
  Record<'binanceusdm' | 'bybit' | 'okx', { readonly handlers: [string, Handler][]; readonly asked: readonly string[] }>
> = {
  binanceusdm: {
    handlers: [
      [
        'GET /fapi/v1/klines',
        () =>
          ok(
            [FROM, FROM + 60_000].map((time, i) => {
              const range = [String(60_000 + i), '60100', '59900', '60050.5']
              return [time, ...range, '12.5', time + 59_999, '750000', 9, '7.5', '450000', '0']
            }),
          ),
      ],
      ['GET /fapi/v1/premiumIndex', () => ok({ lastFundingRate: '0.0002', nextFundingTime: NEXT })],
      ['GET /fapi/v1/fundingRate', () => ok([{ fundingTime: FROM + 3, fundingRate: '0.0001' }])],
    ],
    asked: [
      'fapi.binance.com/fapi/v1/fundingRate?symbol=BTCUSDT&startTime=1767570900000&endTime=1767570989999&limit=1000',
      'fapi.binance.com/fapi/v1/klines?symbol=BTCUSDT&interval=1m&startTime=1767570900000&endTime=1767570989999&limit=1000',
      'fapi.binance.com/fapi/v1/premiumIndex?symbol=BTCUSDT',
    ],
  },
  bybit: {
    handlers: [
      [
        'GET /v5/market/kline',
        () =>
          list(
            ...[FROM + 60_000, FROM].map((time) => {
              const open = time === FROM ? '60000' : '60001'
              return [String(time), open, '60100', '59900', '60050.5', '12.5', '750000']
            }),
          ),
      ],
      [
        'GET /v5/market/tickers',
        () => list({ symbol: 'BTCUSDT', fundingRate: '0.0002', nextFundingTime: String(NEXT) }),
      ],
      [
        'GET /v5/market/funding/history',
        () => list({ symbol: 'BTCUSDT', fundingRate: '0.0001', fundingRateTimestamp: String(FROM + 3) }),
      ],
    ],
    asked: [
      'api.bybit.com/v5/market/funding/history?category=linear&symbol=BTCUSDT&startTime=1767570900000&endTime=1767570989999&limit=200',
      'api.bybit.com/v5/market/kline?category=linear&symbol=BTCUSDT&interval=1&start=1767570900000&end=1767570989999&limit=1000',
      'api.bybit.com/v5/market/tickers?category=linear&symbol=BTCUSDT',
    ],
  },
  okx: {
    handlers: [
      [
        'GET /api/v5/market/candles',
        () =>
          rows(
            ...[FROM + 60_000, FROM].map((time) => {
              const open = time === FROM ? '60000' : '60001'
              const isWhole = time === FROM ? '1' : '0'
              return [String(time), open, '60100', '59900', '60050.5', '1250', '12.5', '750000', isWhole]
            }),
          ),
      ],
      [
        'GET /api/v5/public/funding-rate',
        () =>
          rows({
            instId: 'BTC-USDT-SWAP',
            fundingRate: '0.0002',
            fundingTime: String(NEXT),
            nextFundingTime: String(NEXT + 28_800_000),
          }),
      ],
      [
        'GET /api/v5/public/funding-rate-history',
        () =>
          rows({
            instId: 'BTC-USDT-SWAP',
            fundingRate: '0.0003',
            realizedRate: '0.0001',
            fundingTime: String(FROM + 3),
          }),
      ],
    ],
    asked: [
      'www.okx.com/api/v5/market/candles?instId=BTC-USDT-SWAP&bar=1m&before=1767570899999&after=1767570990000&limit=100',
      'www.okx.com/api/v5/public/funding-rate-history?instId=BTC-USDT-SWAP&before=1767570899999&after=1767570990000&limit=100',
      'www.okx.com/api/v5/public/funding-rate?instId=BTC-USDT-SWAP',
    ],
  },
}

it.each(['binanceusdm', 'bybit', 'okx'] as const)(
  'asks %s for the minutes of an outage with the running one, for the next settlement and for past ones',
  async (id) => {
    const { handlers, asked } = VENUES[id]
    market = await scriptedMarket(id, 'live', new Map(handlers))
    const { dialect, instrument } = market
    const minutes = await dialect.minutes(instrument, FROM, NOW)
    expect([...minutes].toSorted(([a], [b]) => a - b)).toMatchObject([
      [FROM, { open: 60_000, high: 60_100, low: 59_900, close: 60_050.5, volume: 12.5 }],
      [FROM + 60_000, { open: 60_001 }],
    ])
    expect(await dialect.nextFunding(instrument)).toEqual({ time: epochMs(NEXT), rate: 0.0002 })
    expect(await dialect.settlements(instrument, FROM, NOW)).toEqual([{ time: FROM + 3, rate: 0.0001 }])
    expect(market.asked()).toEqual(asked)
  },
)
