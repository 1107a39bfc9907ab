import type { BarEvent } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import { HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts'
import { epochMs, type EpochMs } from '../../../../domain/unit.ts'
import {
  fieldsOf,
  numberAt,
  rowsOf,
  textAt,
  textIn,
  timeAt,
  WireError,
  type Fields,
  timeIn,
} from '../../../ccxt/wire-field.ts'
import { markAtOf, type MarketDialect, type MarketDialectOptions, type QuoteUpdate } from '../dialect.ts'
import {
  assembleBars,
  backwards,
  interestEvent,
  numeric,
  pricesOf,
  rangeOf,
  RATES_BACK_MS,
  RATIOS_MS,
  tuplesOf,
  withInterest,
  type Candle,
  type Settlement,
} from '../history.ts'
import type { Ask } from '../requests.ts'

/** What candles and statistics of a length are called. */
const INTERVALS: ReadonlyMap<number, readonly [candle: string, statistic: string]> = new Map([
  [5 * MINUTE_MS, ['5', '5min']],
  [15 * MINUTE_MS, ['15', '15min']],
  [30 * MINUTE_MS, ['30', '30min']],
  [HOUR_MS, ['60', '1h']],
  [4 * HOUR_MS, ['240', '4h']],
])
const MINUTE = { name: '1', ms: MINUTE_MS }
const KLINE_PAGE = 1_000
const INTEREST_PAGE = 200
const RATIO_PAGE = 500
const FUNDING_PAGE = 200
const NOTHING: readonly QuoteUpdate[] = []
const TICKERS = 'tickers.'

const listOf = (answer: unknown, what: string): unknown => fieldsOf(fieldsOf(answer, what)['result'], what)['list']

/** Long accounts by short ones. */
function ratioOf(row: Fields): number {
  const short = numberAt(row, 'sellRatio')
  return short > 0 ? numberAt(row, 'buyRatio') / short : Number.NaN
}

/** A price that a frame may leave out because it is what it was. */
function told(row: Fields, key: string): number | undefined {
  const text = textIn(row, key)
  if (text === undefined) return undefined
  const value = Number(text)
  if (!(value > 0)) throw new WireError(`${key} is no price`)
  return value
}

function quoteOf(instrument: Instrument, row: Fields): QuoteUpdate {
  const last = told(row, 'lastPrice')
  const mark = told(row, 'markPrice')
  const bid = told(row, 'bid1Price')
  const ask = told(row, 'ask1Price')
  return {
    instrument,
    ...(last !== undefined && { last }),
    ...(mark !== undefined && { mark }),
    ...(bid !== undefined && { bid }),
    ...(ask !== undefined && { ask }),
  }
}

/** Public data of Bybit's linear perpetuals. Throws on bars of a length it has no statistics for. */
export function createBybitMarketDialect(options: MarketDialectOptions): MarketDialect {
  const { prices, statistics, instruments, barMs, barLagMs } = options
  const names = INTERVALS.get(barMs)
  if (names === undefined) throw new RangeError(`Bybit has no statistics of ${barMs} ms`)
  const [interval, period] = names
  const listed = new Map(instruments.map((each) => [each.symbol, each]))
  const category = 'linear'

  async function candles<T>(
    method: string,
    width: number,
    symbol: string,
    from: number,
    until: number,
    read: (row: readonly unknown[]) => T,
    length: { readonly name: string; readonly ms: number } = { name: interval, ms: barMs },
  ): Promise<ReadonlyMap<number, T>> {
    const found = new Map<number, T>()
    await backwards(from, until, KLINE_PAGE * length.ms, async (start, end) => {
      const answer = await prices(method, {
        category,
        symbol,
        interval: length.name,
        start,
        end: end - 1,
        limit: KLINE_PAGE,
      })
      const rows = tuplesOf(listOf(answer, method), method, width)
      for (const row of rows) found.set(numeric(row[0]), read(row))
      return rows.length
    })
    return found
  }

  /** Rows of a list by their time, from `from` up to and with `until`. */
  async function figures(
    ask: Ask,
    method: string,
    parameters: Readonly<Record<string, string>>,
    time: string,
    page: { readonly limit: number; readonly ms: number },
    range: { readonly from: number; readonly until: number },
    read: (row: Fields) => number,
  ): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>()
    await backwards(range.from, range.until + 1, page.limit * page.ms, async (startTime, end) => {
      const asked = { category, ...parameters, startTime, endTime: end - 1, limit: page.limit }
      const rows = rowsOf(listOf(await ask(method, asked), method), method)
      for (const row of rows) found.set(timeAt(row, time), read(row))
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
      candles('publicGetV5MarketKline', 7, symbol, from, until, candleOf),
      candles('publicGetV5MarketMarkPriceKline', 5, symbol, from, until, rangeOf),
      figures(
        statistics,
        'publicGetV5MarketOpenInterest',
        { symbol, intervalTime: period },
        'timestamp',
        { limit: INTEREST_PAGE, ms: barMs },
        { from: from + barMs, until },
        (row) => numberAt(row, 'openInterest'),
      ),
      figures(
        statistics,
        'publicGetV5MarketAccountRatio',
        { symbol, period },
        'timestamp',
        { limit: RATIO_PAGE, ms: barMs },
        { from: Math.max(from, until - RATIOS_MS), until: until - barMs },
        ratioOf,
      ),
      settlements(symbol, from - RATES_BACK_MS, until),
    ])
    return assembleBars(instrument, barMs, { candles: found, marks, openInterest, ratios, settlements: rates }, stamp)
  }

  async function settlements(symbol: string, from: number, until: number): Promise<readonly Settlement[]> {
    const rates = await figures(
      prices,
      'publicGetV5MarketFundingHistory',
      { symbol },
      'fundingRateTimestamp',
      // A contract settles every hour at the most often.
      { limit: FUNDING_PAGE, ms: HOUR_MS },
      { from, until: until - 1 },
      (row) => numberAt(row, 'fundingRate'),
    )
    return [...rates].map(([time, rate]): Settlement => ({ time, rate }))
  }

  async function tickerOf(ask: Ask, symbol: string): Promise<{ readonly row: Fields; readonly time: EpochMs }> {
    const answer = fieldsOf(await ask('publicGetV5MarketTickers', { category, symbol }), 'tickers')
    const [row] = rowsOf(listOf(answer, 'tickers'), 'tickers')
    if (!row || textAt(row, 'symbol') !== symbol) throw new WireError(`no ticker of ${symbol}`)
    return { row, time: timeAt(answer, 'time') }
  }

  const interestNow = async (instrument: Instrument): Promise<number> =>
    numberAt((await tickerOf(statistics, instrument.symbol)).row, 'openInterest')

  return {
    subscriptions: [
      {
        url: options.streamBase('public.linear'),
        message: { op: 'subscribe', args: instruments.map(({ symbol }) => `${TICKERS}${symbol}`) },
      },
    ],
    readFrame(frame) {
      if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return NOTHING
      const body = fieldsOf(frame, 'frame')
      if (body['success'] === false)
        throw new WireError(`the stream refuses: ${textIn(body, 'ret_msg') ?? 'no reason'}`)
      if (!textIn(body, 'topic')?.startsWith(TICKERS)) return NOTHING
      const row = fieldsOf(body['data'], 'ticker')
      const instrument = listed.get(textIn(row, 'symbol') ?? '')
      // What a ticker does not tell is as it was.
      return instrument ? [{ ...quoteOf(instrument, row), ...markAtOf(timeIn(body, 'ts')) }] : NOTHING
    },
    quotes: () =>
      Promise.all(
        instruments.map(async (instrument) => quoteOf(instrument, (await tickerOf(prices, instrument.symbol)).row)),
      ),
    async bar(instrument, openTime, time) {
      const [bar] = await bars(instrument, openTime, openTime + barMs, () => time)
      return bar ? await withInterest(bar, () => interestNow(instrument)) : null
    },
    history: (instrument, from, until) => bars(instrument, from, until, (closeTime) => epochMs(closeTime + barLagMs)),
    async openInterest(instrument, mark, withRatio, time) {
      const { symbol } = instrument
      const [ticker, ratios] = await Promise.all([
        tickerOf(statistics, symbol),
        withRatio
          ? statistics('publicGetV5MarketAccountRatio', { category, symbol, period: '5min', limit: 1 })
          : Promise.resolve(null),
      ])
      const [newest] = ratios === null ? [] : rowsOf(listOf(ratios, 'account-ratio'), 'account-ratio')
      const ratio = newest ? ratioOf(newest) : Number.NaN
      const amount = numberAt(ticker.row, 'openInterest')
      return interestEvent(instrument, time, ticker.time, amount * mark, Number.isNaN(ratio) ? null : ratio)
    },
    minutes: ({ symbol }, from, until) => candles('publicGetV5MarketKline', 7, symbol, from, until, candleOf, MINUTE),
    async nextFunding({ symbol }) {
      const { row } = await tickerOf(prices, symbol)
      return { time: timeAt(row, 'nextFundingTime'), rate: numberAt(row, 'fundingRate') }
    },
    settlements: ({ symbol }, from, until) => settlements(symbol, from, until),
  }
}

/** `open time, open, high, low, close, volume, turnover` */
const candleOf = (row: readonly unknown[]): Candle => ({
  ...pricesOf(row),
  volume: numeric(row[5]),
  turnover: numeric(row[6]),
  takerBuyVolume: Number.NaN,
})
