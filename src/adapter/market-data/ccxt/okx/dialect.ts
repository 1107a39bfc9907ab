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
const INTERVALS: ReadonlyMap<number, string> = new Map([
  [5 * MINUTE_MS, '5m'],
  [HOUR_MS, '1H'],
])
/** Rows of a page that every one of the lists gives. */
const PAGE = 100
/** Candles younger than this are in one list, older ones in another; in bars, less than what the first list holds. */
const RECENT_BARS = 1_400
const COMPLETE = '1'

/** Of a candle, and whether the one that is not complete yet is wanted too. */
interface Length {
  readonly name: string
  readonly ms: number
  readonly running: boolean
}
const RUNNING_MINUTE: Length = { name: '1m', ms: MINUTE_MS, running: true }
const SWAP = 'SWAP'
const NOTHING: readonly QuoteUpdate[] = []

/** Positions in a row of the open-interest history: contracts are left where they are, the bot counts in coins. */
const INTEREST_COINS = 2

/** The venue's own spelling of a swap. */
const instIdOf = ({ base, quote }: Instrument): string => `${base}-${quote}-SWAP`

const dataOf = (answer: unknown, what: string): unknown => fieldsOf(answer, what)['data']

function onlyRow(answer: unknown, what: string, instId: string): Fields {
  const [row] = rowsOf(dataOf(answer, what), what)
  if (!row || textAt(row, 'instId') !== instId) throw new WireError(`no ${what} of ${instId}`)
  return row
}

function priceAt(row: Fields, key: string): number {
  const value = numberAt(row, key)
  if (!(value > 0)) throw new WireError(`${key} is no price`)
  return value
}

/** A side of the book that is empty has no price. */
const bookAt = (row: Fields, key: string): number => (textIn(row, key) === undefined ? Number.NaN : priceAt(row, key))

const bookOf = (instrument: Instrument, row: Fields): QuoteUpdate => ({
  instrument,
  last: priceAt(row, 'last'),
  bid: bookAt(row, 'bidPx'),
  ask: bookAt(row, 'askPx'),
})

/** Public data of OKX's linear swaps, in coins instead of contracts. Throws on bars of a length it has no statistics for. */
export function createOkxMarketDialect(options: MarketDialectOptions): MarketDialect {
  const { prices, statistics, instruments, barMs, barLagMs } = options
  const name = INTERVALS.get(barMs)
  if (name === undefined) throw new RangeError(`OKX has no statistics of ${barMs} ms`)
  const interval = name
  const listed = new Map(instruments.map((each) => [instIdOf(each), each]))

  /**
   * Candles that open from `from` until before `until`, the running one where it is wanted; a list's bounds are not part
   * of it.
   */
  async function candles<T>(
    lists: { readonly recent: string; readonly old: string },
    width: number,
    instId: string,
    from: number,
    until: number,
    read: (row: readonly unknown[]) => T,
    length: Length = { name: interval, ms: barMs, running: false },
  ): Promise<ReadonlyMap<number, T>> {
    const found = new Map<number, T>()
    await backwards(from, until, PAGE * length.ms, async (start, end) => {
      const method = start < until - RECENT_BARS * length.ms ? lists.old : lists.recent
      const answer = await prices(method, { instId, bar: length.name, before: start - 1, after: end, limit: PAGE })
      const rows = tuplesOf(dataOf(answer, method), method, width)
      for (const row of rows) if (length.running || row[width - 1] === COMPLETE) found.set(numeric(row[0]), read(row))
      return rows.length
    })
    return found
  }

  /** A statistic's figures by their time, from `from` up to and with `until`. */
  async function figures(
    method: string,
    instId: string,
    from: number,
    until: number,
    column: number,
  ): Promise<ReadonlyMap<number, number>> {
    const found = new Map<number, number>()
    await backwards(from, until + barMs, PAGE * barMs, async (start, end) => {
      const asked = { instId, period: interval, begin: start - 1, end, limit: PAGE }
      const rows = tuplesOf(dataOf(await statistics(method, asked), method), method, column + 1)
      for (const row of rows) found.set(numeric(row[0]), numeric(row[column]))
      return rows.length
    })
    return found
  }

  async function settlements(instId: string, from: number, until: number): Promise<readonly Settlement[]> {
    const found: Settlement[] = []
    await backwards(from, until, PAGE * HOUR_MS, async (start, end) => {
      const asked = { instId, before: start - 1, after: end, limit: PAGE }
      const rows = rowsOf(dataOf(await prices('publicGetPublicFundingRateHistory', asked), 'funding'), 'funding')
      // The rate that was settled; `fundingRate` is the forecast it came from.
      for (const row of rows)
        found.push({
          time: timeAt(row, 'fundingTime'),
          rate: numberAt(row, textIn(row, 'realizedRate') ? 'realizedRate' : 'fundingRate'),
        })
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
    const instId = instIdOf(instrument)
    const [found, marks, openInterest, ratios, rates] = await Promise.all([
      candles(CANDLES, 9, instId, from, until, candleOf),
      candles(MARK_CANDLES, 6, instId, from, until, rangeOf),
      figures('publicGetRubikStatContractsOpenInterestHistory', instId, from + barMs, until, INTEREST_COINS),
      figures(
        'publicGetRubikStatContractsLongShortAccountRatioContract',
        instId,
        Math.max(from, until - RATIOS_MS),
        until - barMs,
        1,
      ),
      settlements(instId, from - RATES_BACK_MS, until),
    ])
    return assembleBars(instrument, barMs, { candles: found, marks, openInterest, ratios, settlements: rates }, stamp)
  }

  async function interestNow(instrument: Instrument): Promise<{ readonly asOf: EpochMs; readonly amount: number }> {
    const instId = instIdOf(instrument)
    const answer = await statistics('publicGetPublicOpenInterest', { instType: SWAP, instId })
    const row = onlyRow(answer, 'open-interest', instId)
    return { asOf: timeAt(row, 'ts'), amount: numberAt(row, 'oiCcy') }
  }

  async function markOf(ask: Ask, instId: string): Promise<number> {
    return priceAt(
      onlyRow(await ask('publicGetPublicMarkPrice', { instType: SWAP, instId }), 'mark-price', instId),
      'markPx',
    )
  }

  return {
    subscriptions: [
      {
        url: publicAddress(options.streamBase('')),
        message: {
          op: 'subscribe',
          args: [...listed.keys()].flatMap((instId) => [
            { channel: 'mark-price', instId },
            { channel: 'tickers', instId },
          ]),
        },
      },
    ],
    readFrame(frame) {
      if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return NOTHING
      const body = fieldsOf(frame, 'frame')
      if (body['event'] === 'error') throw new WireError(`the stream refuses: ${textIn(body, 'msg') ?? 'no reason'}`)
      if (body['arg'] === undefined || body['data'] === undefined) return NOTHING
      const channel = textIn(fieldsOf(body['arg'], 'arg'), 'channel')
      return rowsOf(body['data'], 'frame').flatMap((row): readonly QuoteUpdate[] => {
        const instrument = listed.get(textIn(row, 'instId') ?? '')
        if (!instrument) return NOTHING
        if (channel !== 'mark-price' && channel !== 'tickers') return NOTHING
        // A mark that stays is not told; the news of the same socket say that it has stayed.
        const told = channel === 'tickers' ? bookOf(instrument, row) : { instrument, mark: priceAt(row, 'markPx') }
        return [{ ...told, ...markAtOf(timeIn(row, 'ts')) }]
      })
    },
    quotes: () =>
      Promise.all(
        instruments.map(async (instrument): Promise<QuoteUpdate> => {
          const instId = instIdOf(instrument)
          const [ticker, mark] = await Promise.all([
            prices('publicGetMarketTicker', { instId }),
            markOf(prices, instId),
          ])
          return { ...bookOf(instrument, onlyRow(ticker, 'ticker', instId)), mark }
        }),
      ),
    async bar(instrument, openTime, time) {
      const [bar] = await bars(instrument, openTime, openTime + barMs, () => time)
      return bar ? await withInterest(bar, async () => (await interestNow(instrument)).amount) : null
    },
    history: (instrument, from, until) => bars(instrument, from, until, (closeTime) => epochMs(closeTime + barLagMs)),
    async openInterest(instrument, mark, withRatio, time) {
      const method = 'publicGetRubikStatContractsLongShortAccountRatioContract'
      const [{ asOf, amount }, ratios] = await Promise.all([
        interestNow(instrument),
        withRatio ? statistics(method, { instId: instIdOf(instrument), period: '5m', limit: 1 }) : null,
      ])
      const [newest] = ratios === null ? [] : tuplesOf(dataOf(ratios, method), method, 2)
      return interestEvent(instrument, time, asOf, amount * mark, newest ? numeric(newest[1]) : null)
    },
    minutes: (instrument, from, until) =>
      candles(CANDLES, 9, instIdOf(instrument), from, until, candleOf, RUNNING_MINUTE),
    async nextFunding(instrument) {
      const instId = instIdOf(instrument)
      const row = onlyRow(await prices('publicGetPublicFundingRate', { instId }), 'funding-rate', instId)
      // `nextFundingTime` is the settlement after that.
      return { time: timeAt(row, 'fundingTime'), rate: numberAt(row, 'fundingRate') }
    },
    settlements: (instrument, from, until) => settlements(instIdOf(instrument), from, until),
  }
}

const CANDLES = { recent: 'publicGetMarketCandles', old: 'publicGetMarketHistoryCandles' } as const
const MARK_CANDLES = {
  recent: 'publicGetMarketMarkPriceCandles',
  old: 'publicGetMarketHistoryMarkPriceCandles',
} as const

/** `open time, open, high, low, close, contracts, coins, quote units, complete` */
const candleOf = (row: readonly unknown[]): Candle => ({
  ...pricesOf(row),
  volume: numeric(row[6]),
  turnover: numeric(row[7]),
  takerBuyVolume: Number.NaN,
})

/** The socket for public channels, whose query says that it is the demo system. */
function publicAddress(base: string): string {
  const [path, query] = base.split('?')
  return `${path}/public${query === undefined ? '' : `?${query}`}`
}
