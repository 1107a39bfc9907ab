import type { StreamFrame } from '../market-data-port.ts'
import { candles } from './candle.ts'
import type { Listed } from './context.ts'
import {
  aggregateData,
  bookData,
  dayData,
  depthData,
  forcedData,
  klineData,
  markData,
  miniData,
  tradeData,
  type FrameData,
} from './frame-data.ts'
import { intervalsOf } from './interval.ts'

/** The messages of one symbol's streams; nothing is built that nobody wants. */
export interface SymbolFrames {
  onPrice(listed: Listed, now: number, wanted: ReadonlySet<string>, frames: StreamFrame[]): void
  /** After the bar that opened at `openTime` was published. */
  onBar(listed: Listed, openTime: number, now: number, wanted: ReadonlySet<string>, frames: StreamFrame[]): void
}

/** Names that the paces of the depth streams have; here they all speak at every price. */
const DEPTH_PACES = ['', '@100ms', '@500ms'] as const
const PARTIAL_DEPTHS = [5, 10, 20] as const
/** The plain mark stream speaks this often. */
const SLOW_MARK_MS = 3_000

export function createSymbolFrames(symbol: string, barMs: number): SymbolFrames {
  const name = (stream: string): string => `${symbol.toLowerCase()}@${stream}`
  const own = {
    mark: name('markPrice@1s'),
    slowMark: name('markPrice'),
    book: name('bookTicker'),
    aggregate: name('aggTrade'),
    trade: name('trade'),
    mini: name('miniTicker'),
    day: name('ticker'),
    forced: name('forceOrder'),
  }
  const klines = intervalsOf(barMs).map(([interval, length]) => ({
    stream: name(`kline_${interval}`),
    interval,
    length,
  }))
  const depths = DEPTH_PACES.map((pace) => name(`depth${pace}`))
  const tops = PARTIAL_DEPTHS.flatMap((levels) =>
    DEPTH_PACES.map((pace) => ({ stream: name(`depth${levels}${pace}`), levels })),
  )
  let slowMarkAt = Number.NEGATIVE_INFINITY

  const kline = (
    listed: Listed,
    time: number,
    now: number,
    at: (typeof klines)[number],
    frames: StreamFrame[],
  ): void => {
    const from = Math.floor(time / at.length) * at.length
    const [candle] = candles(listed.market, 'last', at.length, { from, limit: 1 }, now)
    if (candle === undefined) return
    // Over when its last bar has been published.
    const over = listed.market.bars.at('openTime', listed.market.bars.length() - 1) + barMs >= from + at.length
    frames.push({ stream: at.stream, data: klineData(listed, candle, at, over, now) })
  }

  return {
    onPrice(listed, now, wanted, frames) {
      const { market } = listed
      const forced = market.forced.take(now)
      if (wanted.size === 0) return
      const one = (stream: string, data: () => FrameData): void => {
        if (wanted.has(stream)) frames.push({ stream, data: data() })
      }
      const all = (stream: string, data: () => FrameData): void => {
        if (wanted.has(stream)) frames.push({ stream, data: [data()] })
      }
      one(own.mark, () => markData(listed, now))
      all('!markPrice@arr@1s', () => markData(listed, now))
      if (now - slowMarkAt >= SLOW_MARK_MS) {
        slowMarkAt = now
        one(own.slowMark, () => markData(listed, now))
        all('!markPrice@arr', () => markData(listed, now))
      }
      one(own.book, () => bookData(listed, now))
      one('!bookTicker', () => bookData(listed, now))
      for (const stream of depths) one(stream, () => depthData(listed, market.book.changes(), now))
      for (const { stream, levels } of tops) one(stream, () => depthData(listed, market.book.top(levels), now))
      for (const trade of market.fresh) {
        one(own.aggregate, () => aggregateData(symbol, trade, now))
        one(own.trade, () => tradeData(symbol, trade, now))
      }
      if (forced !== undefined) {
        one(own.forced, () => forcedData(symbol, forced, now))
        one('!forceOrder@arr', () => forcedData(symbol, forced, now))
      }
      one(own.mini, () => miniData(listed, now))
      all('!miniTicker@arr', () => miniData(listed, now))
      one(own.day, () => dayData(listed, now))
      all('!ticker@arr', () => dayData(listed, now))
      for (const at of klines) if (wanted.has(at.stream)) kline(listed, market.quote.time, now, at, frames)
    },
    onBar(listed, openTime, now, wanted, frames) {
      if (wanted.size === 0) return
      for (const at of klines) if (wanted.has(at.stream)) kline(listed, openTime, now, at, frames)
    },
  }
}
