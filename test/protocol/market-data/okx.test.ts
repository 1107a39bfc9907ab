import { afterEach, describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { BAR_MS, scriptedMarket, type ScriptedMarket } from '../../fixture/scripted-market.ts'
import { rows } from '../../fixture/scripted-okx.ts'
import type { Handler } from '../../fixture/scripted-server.ts'

let market: ScriptedMarket
afterEach(() => market.close())

const OPEN = 1_767_570_900_000
const CLOSE = OPEN + BAR_MS
const INST = 'BTC-USDT-SWAP'
const RUBIK = '/api/v5/rubik/stat/contracts'

/** A contract is 0.01 BTC: 1,250 contracts are 12.5 BTC. */
const candle = (complete: string): readonly string[] => [
  String(OPEN),
  '60000',
  '60100',
  '59900',
  '60050.5',
  '1250',
  '12.5',
  '750000',
  complete,
]

const handlers = (more: Readonly<Record<string, Handler>> = {}): ReadonlyMap<string, Handler> =>
  new Map<string, Handler>([
    ['GET /api/v5/market/candles', () => rows(candle('1'))],
    ['GET /api/v5/market/mark-price-candles', () => rows([String(OPEN), '60001', '60099', '59902', '60050', '1'])],
    [`GET ${RUBIK}/open-interest-history`, () => rows([String(CLOSE), '5100025', '51000.25', '3062565012'])],
    [`GET ${RUBIK}/long-short-account-ratio-contract`, () => rows([String(OPEN), '1.5'])],
    [
      'GET /api/v5/public/funding-rate-history',
      () => rows({ instId: INST, fundingRate: '0.0002', realizedRate: '0.0001', fundingTime: String(OPEN - 60_000) }),
    ],
    [
      'GET /api/v5/public/open-interest',
      () => rows({ instId: INST, instType: 'SWAP', oi: '5100700', oiCcy: '51007', ts: String(CLOSE + 1_000) }),
    ],
    [
      'GET /api/v5/market/ticker',
      () => rows({ instId: INST, last: '60051', bidPx: '60050.9', askPx: '60051.1', ts: String(CLOSE) }),
    ],
    ['GET /api/v5/public/mark-price', () => rows({ instId: INST, instType: 'SWAP', markPx: '60052.5' })],
    ...Object.entries(more),
  ])

describe('market data of OKX', () => {
  it('makes a bar of five answers, counted in coins and not in contracts, each asked for exactly', async () => {
    market = await scriptedMarket('okx', 'demo', handlers())
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
        longShortRatio: 1.5,
        takerBuyVolume: Number.NaN,
      },
    ])
    const host = 'www.okx.com/api/v5'
    expect(market.asked()).toEqual([
      `${host}/market/candles?instId=BTC-USDT-SWAP&bar=5m&before=1767570899999&after=1767571200000&limit=100`,
      `${host}/market/mark-price-candles?instId=BTC-USDT-SWAP&bar=5m&before=1767570899999&after=1767571200000&limit=100`,
      `${host}/public/funding-rate-history?instId=BTC-USDT-SWAP&before=1767513239999&after=1767571200000&limit=100`,
      `${host}/rubik/stat/contracts/long-short-account-ratio-contract?instId=BTC-USDT-SWAP&period=5m&begin=1767570899999&end=1767571200000&limit=100`,
      `${host}/rubik/stat/contracts/open-interest-history?instId=BTC-USDT-SWAP&period=5m&begin=1767571199999&end=1767571500000&limit=100`,
    ])
  })

  it('asks the demo market for prices, and the live one for what a demo market has not', async () => {
    market = await scriptedMarket('okx', 'demo', handlers())
    await market.dialect.history(market.instrument, epochMs(OPEN), epochMs(CLOSE))
    await market.dialect.openInterest(market.instrument, 60_000, true, epochMs(CLOSE))
    await market.dialect.quotes()
    const simulated = market.server.requests
      .map(
        ({ path, headers }) => `${path.replace('www.okx.com/api/v5/', '')} ${headers['x-simulated-trading'] ?? 'real'}`,
      )
      .toSorted()
    expect(simulated).toEqual([
      'market/candles 1',
      'market/mark-price-candles 1',
      'market/ticker 1',
      'public/funding-rate-history 1',
      'public/mark-price 1',
      'public/open-interest real',
      'rubik/stat/contracts/long-short-account-ratio-contract real',
      'rubik/stat/contracts/long-short-account-ratio-contract real',
      'rubik/stat/contracts/open-interest-history real',
    ])
    const names = market.server.requests.flatMap(({ headers }) => Object.keys(headers))
    expect(names.filter((name) => name.startsWith('ok-access'))).toEqual([])
  })

  it('finds older candles in the list of the old ones, and stops where the statistics begin', async () => {
    const days = 6
    const from = CLOSE - days * 24 * 3_600_000
    const page =
      (columns: number, first: number): Handler =>
      ({ parameters }) => {
        const after = Number(parameters['after'] ?? parameters['end'])
        const before = Number(parameters['before'] ?? parameters['begin'])
        const found = []
        for (let time = after - 1 - ((after - 1) % BAR_MS); time > before && time >= first; time -= BAR_MS)
          found.push([String(time), ...Array.from({ length: columns - 2 }, () => String(time / BAR_MS)), '1'])
        return found.length > 100 ? 'reset' : rows(...found)
      }
    const RECENT = CLOSE - 1_440 * BAR_MS
    market = await scriptedMarket(
      'okx',
      'live',
      handlers({
        'GET /api/v5/market/candles': page(9, RECENT),
        'GET /api/v5/market/history-candles': page(9, 0),
        'GET /api/v5/market/mark-price-candles': page(6, RECENT),
        'GET /api/v5/market/history-mark-price-candles': page(6, 0),
        [`GET ${RUBIK}/open-interest-history`]: page(4, CLOSE - 287 * BAR_MS),
        [`GET ${RUBIK}/long-short-account-ratio-contract`]: () => rows(),
      }),
    )
    const bars = await market.dialect.history(market.instrument, epochMs(from), epochMs(CLOSE))
    expect(bars.map(({ openTime }) => openTime)).toEqual(
      Array.from({ length: days * 288 }, (_, i) => from + i * BAR_MS),
    )
    expect(bars.every(({ markHigh, openTime }) => markHigh === openTime / BAR_MS)).toBe(true)
    expect(bars.filter(({ openInterest }) => openInterest > 0)).toHaveLength(288)
    expect(market.server.sent(`GET ${RUBIK}/long-short-account-ratio-contract`)).toHaveLength(1)
  })

  it('has no bar before it is complete, and takes what is open now where the count is not published yet', async () => {
    let complete = '0'
    market = await scriptedMarket(
      'okx',
      'demo',
      handlers({
        'GET /api/v5/market/candles': () => rows(candle(complete)),
        [`GET ${RUBIK}/open-interest-history`]: () => rows(),
      }),
    )
    const time = epochMs(CLOSE + 2_500)
    expect(await market.dialect.bar(market.instrument, epochMs(OPEN), time)).toBeNull()
    complete = '1'
    expect(await market.dialect.bar(market.instrument, epochMs(OPEN), time)).toMatchObject({ openInterest: 51_007 })
  })

  it('tells prices and open interest by request', async () => {
    market = await scriptedMarket('okx', 'demo', handlers())
    expect(await market.dialect.quotes()).toEqual([
      { instrument: market.instrument, last: 60_051, mark: 60_052.5, bid: 60_050.9, ask: 60_051.1 },
    ])
    const event = await market.dialect.openInterest(market.instrument, 60_000, true, epochMs(CLOSE))
    expect(event.openInterest).toEqual({
      asOf: CLOSE + 1_000,
      totalUsd: 51_007 * 60_000,
      longUsd: null,
      shortUsd: null,
      ratio: 1.5,
      ratioKind: 'account',
    })
    const host = 'www.okx.com/api/v5'
    expect(market.asked()).toEqual([
      `${host}/market/ticker?instId=BTC-USDT-SWAP`,
      `${host}/public/mark-price?instType=SWAP&instId=BTC-USDT-SWAP`,
      `${host}/public/open-interest?instType=SWAP&instId=BTC-USDT-SWAP`,
      `${host}/rubik/stat/contracts/long-short-account-ratio-contract?instId=BTC-USDT-SWAP&period=5m&limit=1`,
    ])
  })

  it('reads what the stream says', async () => {
    market = await scriptedMarket('okx', 'demo', handlers())
    const { dialect, instrument } = market
    expect(dialect.subscriptions).toEqual([
      {
        url: 'wss://wspap.okx.com:8443/ws/v5/public',
        message: {
          op: 'subscribe',
          args: [
            { channel: 'mark-price', instId: INST },
            { channel: 'tickers', instId: INST },
          ],
        },
      },
    ])
    const frame = (channel: string, row: object): unknown => ({
      arg: { channel, instId: INST },
      data: [{ instId: INST, ...row }],
    })
    expect(dialect.readFrame(frame('mark-price', { markPx: '6' }))).toEqual([{ instrument, mark: 6 }])
    expect(dialect.readFrame(frame('tickers', { last: '5', bidPx: '4', askPx: '' }))).toEqual([
      { instrument, last: 5, bid: 4, ask: Number.NaN },
    ])
    expect(dialect.readFrame(frame('mark-price', { markPx: '6', ts: '1000' }))).toEqual([
      { instrument, mark: 6, markAt: 1_000 },
    ])
    expect(dialect.readFrame(frame('tickers', { last: '5', bidPx: '4', askPx: '6', ts: '2000' }))).toEqual([
      { instrument, last: 5, bid: 4, ask: 6, markAt: 2_000 },
    ])
    expect(dialect.readFrame('pong')).toEqual([])
    expect(dialect.readFrame({ event: 'subscribe', arg: { channel: 'tickers', instId: INST } })).toEqual([])
    expect(() => dialect.readFrame({ event: 'error', code: '60012', msg: 'Invalid request' })).toThrow(
      /Invalid request/,
    )
    expect(() => dialect.readFrame(frame('tickers', { last: '0' }))).toThrow(/last/)
  })
})
