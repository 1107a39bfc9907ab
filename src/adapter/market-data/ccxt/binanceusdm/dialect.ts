import type { BarEvent } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts'
import { epochMs, type EpochMs } from '../../../../domain/unit.ts'
import type { OpenedExchange } from '../../../ccxt/open-exchange.ts'
import { fieldsOf, numberAt, rowsOf, textAt, textIn, timeAt, WireError, type Fields } from '../../../ccxt/wire-field.ts'
import type { MarketDialect, QuoteUpdate } from '../dialect.ts'
import { readAgain } from '../read-again.ts'

export interface BinanceMarketOptions {
  readonly exchange: OpenedExchange
  readonly instruments: readonly Instrument[]
  readonly barMs: number
  /** How long after the fact the venue publishes a bar; stamps bars of the past. */
  readonly barLagMs: number
}

const INTERVALS: ReadonlyMap<number, string> = new Map([
  [MINUTE_MS, '1m'],
  [5 * MINUTE_MS, '5m'],
  [15 * MINUTE_MS, '15m'],
  [30 * MINUTE_MS, '30m'],
  [HOUR_MS, '1h'],
  [4 * HOUR_MS, '4h'],
])
const KLINE_PAGE = 1_000
const STATISTICS_PAGE = 500
const FUNDING_PAGE = 1_000
const FUNDING_MS = 8 * HOUR_MS
/** Settlements looked back on for the rate that a bar knows. */
const RATES_BACK_MS = 2 * FUNDING_MS + MINUTE_MS
const MAX_PAGES = 400
const NOTHING: readonly QuoteUpdate[] = []

type Kline = readonly unknown[]
type Get = (method: string, parameters: Readonly<Record<string, string | number>>) => Promise<unknown>

const numeric = (value: unknown): number => {
  const parsed = typeof value === 'string' ? Number(value) : typeof value === 'number' ? value : Number.NaN
  if (!Number.isFinite(parsed)) throw new WireError('a candle holds something that is no number')
  return parsed
}

function klinesOf(answer: unknown): readonly Kline[] {
  if (!Array.isArray(answer)) throw new WireError('klines: not a list')
  return answer.map((row: unknown) => {
    if (!Array.isArray(row) || row.length < 10) throw new WireError('klines: not a candle')
    return row as Kline
  })
}

/** Public data of Binance USDⓈ-M through ccxt's endpoint methods and sockets. Throws on bars of a length it has no name for. */
export function createBinanceMarketDialect(options: BinanceMarketOptions): MarketDialect {
  const { exchange, instruments, barMs, barLagMs } = options
  const interval = INTERVALS.get(barMs)
  if (interval === undefined) throw new RangeError(`Binance has no candles of ${barMs} ms`)
  const listed = new Map(instruments.map((each) => [each.symbol, each]))
  const base = exchange.streamBase('future').replace(/\/ws$/, '')
  const names = (stream: string): string[] => instruments.map(({ symbol }) => `${symbol.toLowerCase()}@${stream}`)
  const subscribe = (id: number, params: readonly string[]): unknown => ({ method: 'SUBSCRIBE', params, id })

  function quoteOf(body: Fields): QuoteUpdate | null {
    const instrument = listed.get(textIn(body, 's') ?? '')
    if (!instrument) return null
    switch (body['e']) {
      case 'markPriceUpdate':
        return { instrument, mark: numberAt(body, 'p') }
      case 'aggTrade':
        return { instrument, last: numberAt(body, 'p') }
      case 'bookTicker':
        return { instrument, bid: numberAt(body, 'b'), ask: numberAt(body, 'a') }
      default:
        return null
    }
  }

  const get: Get = (method, parameters) => exchange.request(method, { ...parameters })
  /** History is long: one page that fails must not fail it all. */
  const getAgain: Get = (method, parameters) => readAgain(() => get(method, parameters))

  /** All candles that open from `from` until before `until`. */
  async function candles(
    ask: Get,
    method: string,
    symbol: string,
    from: number,
    until: number,
  ): Promise<Map<number, Kline>> {
    const found = new Map<number, Kline>()
    for (let start = from, page = 0; start < until; page += 1) {
      if (page === MAX_PAGES) throw new WireError(`${method}: more than ${MAX_PAGES} pages`)
      const endTime = Math.min(until, start + KLINE_PAGE * barMs) - 1
      const rows = klinesOf(
        await ask(method, { symbol, interval: interval!, startTime: start, endTime, limit: KLINE_PAGE }),
      )
      for (const row of rows) found.set(numeric(row[0]), row)
      start = endTime + 1
    }
    return found
  }

  /** A statistic's figures by their time. */
  async function statistics(
    ask: Get,
    method: string,
    field: string,
    symbol: string,
    from: number,
    until: number,
  ): Promise<Map<number, number>> {
    const found = new Map<number, number>()
    for (let start = from, page = 0; start <= until; page += 1) {
      if (page === MAX_PAGES) throw new WireError(`${method}: more than ${MAX_PAGES} pages`)
      const endTime = Math.min(until, start + (STATISTICS_PAGE - 1) * barMs)
      const answer = await ask(method, { symbol, period: interval!, startTime: start, endTime, limit: STATISTICS_PAGE })
      for (const row of rowsOf(answer, method)) found.set(timeAt(row, 'timestamp'), numberAt(row, field))
      start = endTime + barMs
    }
    return found
  }

  /** Settlements in time order. */
  async function settlements(
    ask: Get,
    symbol: string,
    from: number,
    until: number,
  ): Promise<readonly { time: number; rate: number }[]> {
    const found = new Map<number, number>()
    for (let start = from, page = 0; start < until; page += 1) {
      if (page === MAX_PAGES) throw new WireError('fundingRate: too many pages')
      const endTime = Math.min(until - 1, start + (FUNDING_PAGE - 1) * HOUR_MS)
      const answer = await ask('fapiPublicGetFundingRate', { symbol, startTime: start, endTime, limit: FUNDING_PAGE })
      for (const row of rowsOf(answer, 'fundingRate'))
        found.set(timeAt(row, 'fundingTime'), numberAt(row, 'fundingRate'))
      start = endTime + 1
    }
    return [...found].map(([time, rate]) => ({ time, rate })).toSorted((a, b) => a.time - b.time)
  }

  async function bars(
    ask: Get,
    instrument: Instrument,
    from: number,
    until: number,
    stamp: (closeTime: number) => EpochMs,
  ): Promise<readonly BarEvent[]> {
    const { symbol } = instrument
    const [last, mark, interest, ratio, rates] = await Promise.all([
      candles(ask, 'fapiPublicGetKlines', symbol, from, until),
      candles(ask, 'fapiPublicGetMarkPriceKlines', symbol, from, until),
      statistics(ask, 'fapiDataGetOpenInterestHist', 'sumOpenInterest', symbol, from + barMs, until),
      statistics(ask, 'fapiDataGetGlobalLongShortAccountRatio', 'longShortRatio', symbol, from, until - barMs),
      settlements(ask, symbol, from - RATES_BACK_MS, until),
    ])
    const found: BarEvent[] = []
    let known = 0
    let fundingRate = Number.NaN
    for (const [openTime, row] of [...last].toSorted(([a], [b]) => a - b)) {
      const closeTime = openTime + barMs
      while (known < rates.length && rates[known]!.time < closeTime) fundingRate = rates[known++]!.rate
      const marked = mark.get(openTime)
      found.push({
        kind: 'bar',
        time: stamp(closeTime),
        openTime: epochMs(openTime),
        closeTime: epochMs(closeTime),
        instrument,
        open: numeric(row[1]),
        high: numeric(row[2]),
        low: numeric(row[3]),
        close: numeric(row[4]),
        volume: numeric(row[5]),
        turnover: numeric(row[7]),
        markHigh: marked ? numeric(marked[2]) : Number.NaN,
        markLow: marked ? numeric(marked[3]) : Number.NaN,
        openInterest: interest.get(closeTime) ?? Number.NaN,
        fundingRate,
        longShortRatio: ratio.get(openTime) ?? Number.NaN,
        takerBuyVolume: numeric(row[9]),
      })
    }
    return found
  }

  return {
    subscriptions: [
      { url: `${base}/market/ws/1`, message: subscribe(1, [...names('markPrice@1s'), ...names('aggTrade')]) },
      { url: `${base}/public/ws/1`, message: subscribe(2, names('bookTicker')) },
    ],
    readFrame(frame) {
      if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return NOTHING
      const outer = fieldsOf(frame, 'frame')
      const error = outer['error']
      if (error !== undefined) throw new WireError(`the stream refuses: ${JSON.stringify(error).slice(0, 200)}`)
      const body = 'stream' in outer && 'data' in outer ? fieldsOf(outer['data'], 'frame') : outer
      const update = quoteOf(body)
      return update ? [update] : NOTHING
    },
    async quotes() {
      const updates = instruments.map(async (instrument): Promise<QuoteUpdate> => {
        const [premium, book, price] = await Promise.all([
          get('fapiPublicGetPremiumIndex', { symbol: instrument.symbol }),
          get('fapiPublicGetTickerBookTicker', { symbol: instrument.symbol }),
          get('fapiPublicGetTickerPrice', { symbol: instrument.symbol }),
        ])
        const quoted = fieldsOf(book, 'bookTicker')
        return {
          instrument,
          mark: numberAt(fieldsOf(premium, 'premiumIndex'), 'markPrice'),
          bid: numberAt(quoted, 'bidPrice'),
          ask: numberAt(quoted, 'askPrice'),
          last: numberAt(fieldsOf(price, 'ticker'), 'price'),
        }
      })
      return await Promise.all(updates)
    },
    async bar(instrument, openTime, time) {
      const [bar] = await bars(get, instrument, openTime, openTime + barMs, () => time)
      return bar ?? null
    },
    history: (instrument, from, until) =>
      bars(getAgain, instrument, from, until, (closeTime) => epochMs(closeTime + barLagMs)),
    async openInterest(instrument, mark, withRatio, time) {
      const { symbol } = instrument
      const [answer, ratios] = await Promise.all([
        get('fapiPublicGetOpenInterest', { symbol }),
        withRatio ? get('fapiDataGetGlobalLongShortAccountRatio', { symbol, period: '5m', limit: 1 }) : null,
      ])
      const fields = fieldsOf(answer, 'openInterest')
      const newest = ratios === null ? undefined : rowsOf(ratios, 'globalLongShortAccountRatio').at(-1)
      const asOf = timeAt(fields, 'time')
      if (textAt(fields, 'symbol') !== symbol) throw new WireError('openInterest of another symbol')
      return {
        kind: 'open_interest',
        time,
        instrument,
        openInterest: {
          asOf,
          totalUsd: numberAt(fields, 'openInterest') * mark,
          longUsd: null,
          shortUsd: null,
          ratio: newest ? numberAt(newest, 'longShortRatio') : null,
          ratioKind: newest ? 'account' : 'unknown',
        },
      }
    },
  }
}
