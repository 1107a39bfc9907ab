import { readSymbol, type Context, type Listed } from './context.ts'
import { periodMs } from './interval.ts'
import { candles } from './candle.ts'
import { numberText } from './number-text.ts'
import { readWindow, within, type Window } from './query.ts'
import { invalid, isError, missing, type ApiError, type Reply } from './reply.ts'
import type { SymbolMarket } from './symbol-market.ts'

const DEFAULT_POINTS = 30
const MOST_POINTS = 500

interface Asked {
  readonly listed: Listed
  readonly period: number
  readonly window: Window
}

function readPeriod(context: Context, query: URLSearchParams): Asked | ApiError {
  const listed = readSymbol(context, query)
  if (isError(listed)) return listed
  const name = query.get('period')
  if (name === null || name === '') return missing('period')
  const period = periodMs(name, context.barMs)
  if (period === undefined) return invalid('period')
  const window = readWindow(query, DEFAULT_POINTS, MOST_POINTS)
  return isError(window) ? window : { listed, period, window }
}

interface Point {
  readonly time: number
  readonly value: number
  /** Quote units; NaN where it means nothing. */
  readonly worth: number
}

/**
 * `openInterestHist`: base units at the time stamped, a bar's close, known when that bar is; its worth is at the mark of
 * then. Where the feed has none there is no point.
 */
export function openInterestReply(context: Context, query: URLSearchParams, now: number): Reply {
  const asked = readPeriod(context, query)
  if (isError(asked)) return asked
  const { symbol } = asked.listed.market
  const found = points(asked, now, ({ bars }, i) => {
    const value = bars.at('openInterest', i)
    return { time: bars.at('openTime', i) + bars.barMs, value, worth: value * bars.at('markClose', i) }
  })
  return {
    body: found.map(({ time, value, worth }) => ({
      symbol,
      sumOpenInterest: numberText(value),
      sumOpenInterestValue: numberText(worth),
      timestamp: time,
    })),
  }
}

/**
 * `globalLongShortAccountRatio`: accounts as counted at the time stamped. A count is published half a minute later, so
 * the latest one known with a bar is that of the bar's open.
 */
export function accountRatioReply(context: Context, query: URLSearchParams, now: number): Reply {
  const asked = readPeriod(context, query)
  if (isError(asked)) return asked
  const { symbol, ratio } = asked.listed.market
  const found = points(
    asked,
    now,
    ({ bars }, i) => ({
      time: bars.at('openTime', i),
      value: bars.at('longShortRatio', i),
      worth: Number.NaN,
    }),
    { time: ratio.asOf, value: ratio.value, worth: Number.NaN },
  )
  return {
    body: found.map(({ time, value }) => ({
      symbol,
      longAccount: numberText(value / (1 + value)),
      longShortRatio: numberText(value),
      shortAccount: numberText(1 / (1 + value)),
      timestamp: time,
    })),
  }
}

/** Points of a column that fall on the period and into the window; `newer` may be ahead of the bars. */
function points(
  { listed, period, window }: Asked,
  now: number,
  read: (market: SymbolMarket, i: number) => Point,
  newer?: Point,
): readonly Point[] {
  const { market } = listed
  const { bars } = market
  const known = bars.known(now)
  const end = Math.min(window.until ?? Infinity, now)
  // A point is stamped a bar after its bar's open at most.
  const from = window.from ?? end - (window.limit + 2) * period
  const found: Point[] = []
  const add = (point: Point): void => {
    if (point.time % period === 0 && !Number.isNaN(point.value)) found.push(point)
  }
  for (let i = bars.from(from - bars.barMs); i < known; i += 1) {
    const point = read(market, i)
    if (point.time > end) break
    add(point)
  }
  const last = found.at(-1)
  if (newer && !(newer.time <= (last?.time ?? -Infinity)) && newer.time <= end) add(newer)
  return within(found, (point) => point.time, window)
}

/** `takerlongshortRatio`: what takers bought and sold over the period that began at the time stamped. */
export function takerReply(context: Context, query: URLSearchParams, now: number): Reply {
  const asked = readPeriod(context, query)
  if (isError(asked)) return asked
  const { listed, period, window } = asked
  const { market } = listed
  const known = market.bars.known(now)
  const closed = known > 0 ? market.bars.at('openTime', known - 1) + market.bars.barMs : -Infinity
  // Periods that are over, of published bars.
  const until = Math.min(window.until ?? Infinity, closed - period)
  const found = candles(market, 'last', period, { ...window, until }, now)
  return {
    body: found
      .filter((candle) => !Number.isNaN(candle.takerBuyVolume))
      .map(({ openTime, volume, takerBuyVolume }) => ({
        buySellRatio: numberText(takerBuyVolume / (volume - takerBuyVolume)),
        buyVol: numberText(takerBuyVolume),
        sellVol: numberText(volume - takerBuyVolume),
        timestamp: openTime,
      })),
  }
}
