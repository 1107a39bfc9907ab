import type { BarEvent } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts'
import { epochMs, type EpochMs } from '../../../../domain/unit.ts'
import { fieldsOf, numberAt, rowsOf, textAt, textIn, timeAt, WireError, type Fields } from '../../../ccxt/wire-field.ts'
import type { MarketDialect, MarketDialectOptions, QuoteUpdate } from '../dialect.ts'
import {
  assembleBars,
  backwards,
  interestEvent,
  numeric,
  pricesOf,
  RATES_BACK_MS,
  tuplesOf,
  withInterest,
  type Candle,
  type Settlement,
} from '../history.ts'

const INTERVALS: ReadonlyMap<number, string> = new Map([
  [MINUTE_MS, '1m'],
  [5 * MINUTE_MS, '5m'],
  [15 * MINUTE_MS, '15m'],
  [30 * MINUTE_MS, '30m'],
  [HOUR_MS, '1h'],
  [4 * HOUR_MS, '4h'],
])
const MINUTE = { name: '1m', ms: MINUTE_MS }
const KLINE_PAGE = 1_000
const STATISTICS_PAGE = 500
const FUNDING_PAGE = 1_000
/** Binance refuses a question about statistics that are older than 30 days; the rest is for the way there. */
const STATISTICS_MS = 30 * DAY_MS - HOUR_MS
const NOTHING: readonly QuoteUpdate[] = []

/** Public data of Binance USDⓈ-M through ccxt's endpoint methods and sockets. Throws on bars of a length it has no name for. */
export function createBinanceMarketDialect(options: MarketDialectOptions): MarketDialect {
  const { prices, statistics, instruments, barMs, barLagMs, embedded } = options
  const interval = INTERVALS.get(barMs)
  if (interval === undefined) throw new RangeError(`Binance has no candles of ${barMs} ms`)
  const listed = new Map(instruments.map((each) => [each.symbol, each]))
  const base = options.streamBase('future').replace(/\/ws$/, '')
  const names = (stream: string): string[] => instruments.map(({ symbol }) => `${symbol.toLowerCase()}@${stream}`)
  const subscribe = (id: number, params: readonly string[]): unknown => ({ method: 'SUBSCRIBE', params, id })

  function quoteOf(body: Fields): QuoteUpdate | null {
    const instrument = listed.get(textIn(body, 's') ?? '')
    if (!instrument) return null
    switch (body['e']) {
      case 'markPriceUpdate':
        return { instrument, mark: numberAt(body, 'p'), markAt: timeAt(body, 'E') }
      case 'aggTrade':
        return { instrument, last: numberAt(body, 'p') }
      case 'bookTicker':
        return { instrument, bid: numberAt(body, 'b'), ask: numberAt(body, 'a') }
      default:
        return null
    }
  }

  /** All candles that open from `from` until before `until`, read by `read`. */
  async function candles<T>(
    method: string,
    symbol: string,
    from: number,
    until: number,
    read: (row: readonly unknown[]) => T,
    length: { readonly name: string; readonly ms: number } = { name: interval!, ms: barMs },
  ): Promise<ReadonlyMap<number, T>> {
    const found = new Map<number, T>()
    await backwards(from, until, KLINE_PAGE * length.ms, async (startTime, end) => {
      const asked = { symbol, interval: length.name, startTime, endTime: end - 1, limit: KLINE_PAGE }
      const rows = tuplesOf(await prices(method, asked), method, 10)
      for (const row of rows) found.set(numeric(row[0]), read(row))
      return rows.length
    })
    return found
  }

  /** A statistic's figures by their time, from `from` up to and with `until`. */
  async function figures(
    method: string,
    field: string,
    symbol: string,
    from: number,
    until: number,
  ): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>()
    const earliest = embedded ? from : Math.max(from, until - STATISTICS_MS)
    await backwards(earliest, until + barMs, STATISTICS_PAGE * barMs, async (startTime, end) => {
      const asked = { symbol, period: interval!, startTime, endTime: end - barMs, limit: STATISTICS_PAGE }
      const rows = rowsOf(await statistics(method, asked), method)
      for (const row of rows) found.set(timeAt(row, 'timestamp'), numberAt(row, field))
      return rows.length
    })
    return found
  }

  async function settlements(symbol: string, from: number, until: number): Promise<readonly Settlement[]> {
    const found: Settlement[] = []
    await backwards(from, until, FUNDING_PAGE * HOUR_MS, async (startTime, end) => {
      const asked = { symbol, startTime, endTime: end - 1, limit: FUNDING_PAGE }
      const rows = rowsOf(await prices('fapiPublicGetFundingRate', asked), 'fundingRate')
      for (const row of rows) found.push({ time: timeAt(row, 'fundingTime'), rate: numberAt(row, 'fundingRate') })
      return rows.length
    })
    return found
  }

  async function bars(
    instrument: Instrument,
    from: number,
    until: number,
    stamp: (closeTime: number) => EpochMs,
  ): Promise<readonly BarEvent[]> {
    const { symbol } = instrument
    const [found, marks, openInterest, ratios, rates] = await Promise.all([
      candles('fapiPublicGetKlines', symbol, from, until, candleOf),
      candles('fapiPublicGetMarkPriceKlines', symbol, from, until, candleOf),
      figures('fapiDataGetOpenInterestHist', 'sumOpenInterest', symbol, from + barMs, until),
      figures('fapiDataGetGlobalLongShortAccountRatio', 'longShortRatio', symbol, from, until - barMs),
      settlements(symbol, from - RATES_BACK_MS, until),
    ])
    return assembleBars(instrument, barMs, { candles: found, marks, openInterest, ratios, settlements: rates }, stamp)
  }

  /** Base units now, and when they were counted. */
  async function interestNow({ symbol }: Instrument): Promise<{ readonly asOf: EpochMs; readonly amount: number }> {
    const fields = fieldsOf(await statistics('fapiPublicGetOpenInterest', { symbol }), 'openInterest')
    if (textAt(fields, 'symbol') !== symbol) throw new WireError('openInterest of another symbol')
    return { asOf: timeAt(fields, 'time'), amount: numberAt(fields, 'openInterest') }
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
        const { symbol } = instrument
        const [premium, book, price] = await Promise.all([
          prices('fapiPublicGetPremiumIndex', { symbol }),
          prices('fapiPublicGetTickerBookTicker', { symbol }),
          prices('fapiPublicGetTickerPrice', { symbol }),
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
      const [bar] = await bars(instrument, openTime, openTime + barMs, () => time)
      if (!bar || embedded) return bar ?? null
      return await withInterest(bar, async () => (await interestNow(instrument)).amount)
    },
    history: (instrument, from, until) => bars(instrument, from, until, (closeTime) => epochMs(closeTime + barLagMs)),
    async openInterest(instrument, mark, withRatio, time) {
      const { symbol } = instrument
      const [{ asOf, amount }, ratios] = await Promise.all([
        interestNow(instrument),
        withRatio ? statistics('fapiDataGetGlobalLongShortAccountRatio', { symbol, period: '5m', limit: 1 }) : null,
      ])
      const newest = ratios === null ? undefined : rowsOf(ratios, 'globalLongShortAccountRatio').at(-1)
      return interestEvent(instrument, time, asOf, amount * mark, newest ? numberAt(newest, 'longShortRatio') : null)
    },
    minutes: ({ symbol }, from, until) => candles('fapiPublicGetKlines', symbol, from, until, candleOf, MINUTE),
    async nextFunding({ symbol }) {
      const fields = fieldsOf(await prices('fapiPublicGetPremiumIndex', { symbol }), 'premiumIndex')
      // Our own exchange publishes no rate before it is settled.
      const rate = embedded ? Number.NaN : numberAt(fields, 'lastFundingRate')
      return { time: timeAt(fields, 'nextFundingTime'), rate }
    },
    settlements: ({ symbol }, from, until) => settlements(symbol, from, until),
  }
}

/** `open time, open, high, low, close, volume, close time, quote volume, trades, taker buys, …` */
const candleOf = (row: readonly unknown[]): Candle => ({
  ...pricesOf(row),
  volume: numeric(row[5]),
  turnover: numeric(row[7]),
  takerBuyVolume: numeric(row[9]),
})
