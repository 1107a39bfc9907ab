import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { list, result } from '../../fixture/scripted-bybit.ts'
import { BAR_MS, scriptedMarket, type ScriptedMarket } from '../../fixture/scripted-market.ts'
import type { Handler } from '../../fixture/scripted-server.ts'

let market: ScriptedMarket
afterEach(() => market.close())

const OPEN = 1_767_570_900_000
const CLOSE = OPEN + BAR_MS

const handlers = (more: Readonly<Record<string, Handler>> = {}): ReadonlyMap<string, Handler> =>
  new Map<string, Handler>([
    ['GET /v5/market/kline', () => list([String(OPEN), '60000', '60100', '59900', '60050.5', '12.5', '750000'])],
    ['GET /v5/market/mark-price-kline', () => list([String(OPEN), '60001', '60099', '59902', '60050'])],
    ['GET /v5/market/open-interest', () => list({ openInterest: '51000.25', timestamp: String(CLOSE) })],
    [
      'GET /v5/market/account-ratio',
      () => list({ symbol: 'BTCUSDT', buyRatio: '0.6', sellRatio: '0.4', timestamp: String(OPEN) }),
    ],
    [
      'GET /v5/market/funding/history',
      () => list({ symbol: 'BTCUSDT', fundingRate: '0.0001', fundingRateTimestamp: String(OPEN - 60_000) }),
    ],
    [
      'GET /v5/market/tickers',
      () =>
        list({
          symbol: 'BTCUSDT',
          lastPrice: '60051.0',
          markPrice: '60052.5',
          bid1Price: '60050.9',
          ask1Price: '60051.1',
          openInterest: '51007',
        }),
    ],
    ...Object.entries(more),
  ])

describe('market data of Bybit', () => {
  it('makes a bar of five answers, each asked for exactly', async () => {
    market = await scriptedMarket('bybit', 'testnet', handlers())
    const bars = await market.dialect.history(market.instrument, epochMs(OPEN), epochMs(CLOSE))
    expect(bars).toEqual([
      {
        kind: 'bar',
        time: CLOSE + 2_500,
        openTime: OPEN,
        closeTime: CLOSE,
        instrument: market.instrument,
        open: 60_000,
        high: 60_100,
        low: 59_900,
        close: 60_050.5,
        volume: 12.5,
        turnover: 750_000,
        markHigh: 60_099,
        markLow: 59_902,
        openInterest: 51_000.25,
        fundingRate: 0.0001,
        longShortRatio: 0.6 / 0.4,
        takerBuyVolume: Number.NaN,
      },
    ])
    const host = 'api-testnet.bybit.com/v5/market'
    expect(market.asked()).toEqual([
      `${host}/account-ratio?category=linear&symbol=BTCUSDT&period=5min&startTime=1767570900000&endTime=1767570900000&limit=500`,
      `${host}/funding/history?category=linear&symbol=BTCUSDT&startTime=1767513240000&endTime=1767571199999&limit=200`,
      `${host}/kline?category=linear&symbol=BTCUSDT&interval=5&start=1767570900000&end=1767571199999&limit=1000`,
      `${host}/mark-price-kline?category=linear&symbol=BTCUSDT&interval=5&start=1767570900000&end=1767571199999&limit=1000`,
      `${host}/open-interest?category=linear&symbol=BTCUSDT&intervalTime=5min&startTime=1767571200000&endTime=1767571200000&limit=200`,
    ])
    expect(
      market.server.requests.flatMap(({ headers }) => Object.keys(headers)).filter((name) => /bapi/i.test(name)),
    ).toEqual([])
  })

  it('asks the live market where the account is a demo one', async () => {
    market = await scriptedMarket('bybit', 'demo', handlers())
    await market.dialect.history(market.instrument, epochMs(OPEN), epochMs(CLOSE))
    expect(new Set(market.asked().map((each) => each.split('/')[0]))).toEqual(new Set(['api.bybit.com']))
    expect(market.dialect.subscriptions.map(({ url }) => url)).toEqual(['wss://stream.bybit.com/v5/public/linear'])
  })

  it('reads pages backwards, each in full, and no further than the venue goes', async () => {
    const days = 3
    market = await scriptedMarket(
      'bybit',
      'testnet',
      handlers({
        'GET /v5/market/open-interest': ({ parameters }) => {
          const [from, to] = [Number(parameters['startTime']), Number(parameters['endTime'])]
          const first = Math.max(from, CLOSE - 24 * 3_600_000)
          const rows = []
          for (let time = to - (to % BAR_MS); time >= first; time -= BAR_MS)
            rows.push({ openInterest: String(time / BAR_MS), timestamp: String(time) })
          return rows.length > 200 ? 'reset' : list(...rows)
        },
        'GET /v5/market/kline': ({ parameters }) => {
          const [from, to] = [Number(parameters['start']), Number(parameters['end'])]
          const rows = []
          for (let time = to - (to % BAR_MS); time >= from; time -= BAR_MS)
            rows.push([String(time), '1', '1', '1', '1', '1', '1'])
          return rows.length > 1_000 ? 'reset' : list(...rows)
        },
      }),
    )
    const from = epochMs(CLOSE - days * 24 * 3_600_000)
    const bars = await market.dialect.history(market.instrument, from, epochMs(CLOSE))
    expect(bars.map(({ openTime }) => openTime)).toEqual(
      Array.from({ length: days * 288 }, (_, i) => from + i * BAR_MS),
    )
    const known = bars.filter(({ openInterest }) => openInterest > 0)
    // Of one day, both of its ends included.
    expect(known).toHaveLength(289)
    expect(known.every(({ openInterest, closeTime }) => openInterest === closeTime / BAR_MS)).toBe(true)
    // 200 rows, 89 rows, and one page that was empty, of five.
    expect(market.server.sent('GET /v5/market/open-interest')).toHaveLength(3)
  })

  it('takes what is open now for a bar whose open interest is not published yet, and only then', async () => {
    market = await scriptedMarket('bybit', 'testnet', handlers({ 'GET /v5/market/open-interest': () => list() }))
    const fresh = await market.dialect.bar(market.instrument, epochMs(OPEN), epochMs(CLOSE + 2_500))
    expect(fresh).toMatchObject({ openInterest: 51_007, time: CLOSE + 2_500 })
    const late = await market.dialect.bar(market.instrument, epochMs(OPEN), epochMs(CLOSE + BAR_MS))
    expect(late!.openInterest).toBeNaN()
  })

  it('has no bar before the venue has it', async () => {
    market = await scriptedMarket('bybit', 'testnet', handlers({ 'GET /v5/market/kline': () => list() }))
    expect(await market.dialect.bar(market.instrument, epochMs(OPEN), epochMs(CLOSE + 2_500))).toBeNull()
  })

  it('tells prices and open interest by request', async () => {
    market = await scriptedMarket('bybit', 'testnet', handlers())
    expect(await market.dialect.quotes()).toEqual([
      { instrument: market.instrument, last: 60_051, mark: 60_052.5, bid: 60_050.9, ask: 60_051.1 },
    ])
    const event = await market.dialect.openInterest(market.instrument, 60_000, true, epochMs(CLOSE))
    expect(event.openInterest).toMatchObject({ totalUsd: 51_007 * 60_000, ratio: 0.6 / 0.4, ratioKind: 'account' })
    const without = await market.dialect.openInterest(market.instrument, 60_000, false, epochMs(CLOSE))
    expect(without.openInterest).toMatchObject({ ratio: null, ratioKind: 'unknown' })
    const host = 'api-testnet.bybit.com/v5/market'
    expect(market.asked()).toEqual([
      `${host}/account-ratio?category=linear&symbol=BTCUSDT&period=5min&limit=1`,
      `${host}/tickers?category=linear&symbol=BTCUSDT`,
      `${host}/tickers?category=linear&symbol=BTCUSDT`,
      `${host}/tickers?category=linear&symbol=BTCUSDT`,
    ])
  })

  it('asks again for a page of history that fails, and once for what is asked for all the time', async () => {
    let pages = 0
    let tickers = 0
    market = await scriptedMarket(
      'bybit',
      'testnet',
      handlers({
        'GET /v5/market/kline': () => {
          pages += 1
          if (pages === 1) return { status: 502, text: '<html>bad gateway</html>' }
          if (pages === 2) return { body: { retCode: 10006, retMsg: 'Too many visits!', result: {}, time: CLOSE } }
          return list([String(OPEN), '1', '2', '1', '2', '3', '4'])
        },
        'GET /v5/market/tickers': () => {
          tickers += 1
          if (tickers === 1) return 'reset'
          return result({
            list: [{ symbol: 'BTCUSDT', lastPrice: '1', markPrice: '2', bid1Price: '', ask1Price: '3' }],
          })
        },
      }),
    )
    const bars = await market.dialect.history(market.instrument, epochMs(OPEN), epochMs(CLOSE))
    expect([bars.length, pages]).toEqual([1, 3])
    await expect(market.dialect.quotes()).rejects.toThrow()
    expect(await market.dialect.quotes()).toEqual([{ instrument: market.instrument, last: 1, mark: 2, ask: 3 }])
  })

  it('reads what the stream says, in whole and in part', async () => {
    market = await scriptedMarket('bybit', 'testnet', handlers())
    const { dialect, instrument } = market
    expect(dialect.subscriptions).toEqual([
      {
        url: 'wss://stream-testnet.bybit.com/v5/public/linear',
        message: { op: 'subscribe', args: ['tickers.BTCUSDT'] },
      },
    ])
    const whole = { symbol: 'BTCUSDT', lastPrice: '5', markPrice: '6', bid1Price: '4', ask1Price: '7' }
    expect(dialect.readFrame({ topic: 'tickers.BTCUSDT', type: 'snapshot', ts: 1_000, data: whole })).toEqual([
      { instrument, last: 5, mark: 6, bid: 4, ask: 7, markAt: 1_000 },
    ])
    expect(
      dialect.readFrame({ topic: 'tickers.BTCUSDT', type: 'delta', data: { symbol: 'BTCUSDT', markPrice: '8' } }),
    ).toEqual([{ instrument, mark: 8 }])
    // What is not told is as it was, at the time of the frame.
    expect(
      dialect.readFrame({ topic: 'tickers.BTCUSDT', ts: 2_000, data: { symbol: 'BTCUSDT', lastPrice: '8' } }),
    ).toEqual([{ instrument, last: 8, markAt: 2_000 }])
    expect(dialect.readFrame({ topic: 'tickers.ETHUSDT', data: { symbol: 'ETHUSDT', lastPrice: '1' } })).toEqual([])
    expect(dialect.readFrame({ success: true, op: 'subscribe' })).toEqual([])
    expect(dialect.readFrame({ success: true, ret_msg: 'pong', op: 'ping' })).toEqual([])
    expect(() => dialect.readFrame({ success: false, ret_msg: 'error:handler not found' })).toThrow(/handler not found/)
    expect(() => dialect.readFrame({ topic: 'tickers.BTCUSDT', data: { symbol: 'BTCUSDT', lastPrice: 'x' } })).toThrow(
      /lastPrice/,
    )
  })
})

const EXAMPLES = resolve(import.meta.dirname, '../../../../shared/data/fixtures/bybit-v5')
const example = (file: string): { response: { result: unknown }; message: unknown } =>
  JSON.parse(readFileSync(`${EXAMPLES}/${file}`, 'utf8')) as { response: { result: unknown }; message: unknown }

describe.skipIf(!existsSync(EXAMPLES))(
  'examples of Bybit’s answers (skipped where ../shared/data is not there)',
  () => {
    it('are understood', async () => {
      const answer =
        (file: string): Handler =>
        () => ({ body: example(file).response })
      market = await scriptedMarket(
        'bybit',
        'testnet',
        handlers({
          'GET /v5/market/kline': answer('rest/GetKlines.json'),
          'GET /v5/market/mark-price-kline': answer('rest/GetMarkPriceKlines.json'),
          'GET /v5/market/open-interest': answer('rest/GetOpenInterest.json'),
          'GET /v5/market/account-ratio': answer('rest/GetLongShortRatio.json'),
          'GET /v5/market/funding/history': answer('rest/GetFundingRateHistory.json'),
        }),
      )
      const bars = await market.dialect.history(market.instrument, epochMs(OPEN), epochMs(CLOSE))
      expect(bars.map(({ openTime, close, markHigh }) => [openTime, close, markHigh])).toEqual([
        [1_670_601_600_000, 17_071.5, Number.NaN],
        [1_670_605_200_000, 17_071, Number.NaN],
        [1_670_608_800_000, 17_055.5, 17_164.16],
      ])
      expect(market.dialect.readFrame(example('ws-stream/Public-Ticker.json').message)).toEqual([
        {
          instrument: market.instrument,
          last: 17_216,
          mark: 17_217.33,
          markAt: 1_673_272_861_686,
          bid: 17_215.5,
          ask: 17_216,
        },
      ])
    })
  },
)
