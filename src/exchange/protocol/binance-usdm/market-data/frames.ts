import { nextFunding } from '../../../../domain/time.ts'
import { epochMs } from '../../../../domain/unit.ts'
import type { StreamFrame } from '../market-data-port.ts'
import { drawBook } from './book.ts'
import { candles, type Candle } from './candle.ts'
import { takerBuyTurnover } from './candle-answers.ts'
import type { Listed } from './context.ts'
import type { ForcedOrder } from './forced-queue.ts'
import { lastRate } from './funding-answers.ts'
import { intervalsOf } from './interval.ts'
import { numberText } from './number-text.ts'
import type { ShownTrade } from './trade-store.ts'

/** The messages of one symbol's streams; nothing is built that nobody wants. */
export interface SymbolFrames {
  onPrice(listed: Listed, now: number, wanted: ReadonlySet<string>, frames: StreamFrame[]): void
  /** After the bar that opened at `openTime` was published. */
  onBar(listed: Listed, openTime: number, now: number, wanted: ReadonlySet<string>, frames: StreamFrame[]): void
}

type Data = Readonly<Record<string, unknown>>

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
      const one = (stream: string, data: () => Data): void => {
        if (wanted.has(stream)) frames.push({ stream, data: data() })
      }
      const all = (stream: string, data: () => Data): void => {
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

const markData = ({ market }: Listed, now: number): Data => ({
  e: 'markPriceUpdate',
  E: now,
  s: market.symbol,
  p: numberText(market.quote.mark),
  i: numberText(market.quote.mark),
  P: numberText(market.quote.mark),
  r: lastRate(market, now),
  T: nextFunding(epochMs(now)),
})

function bookData({ market, instrument, halfSpread }: Listed, now: number): Data {
  const { bids, asks } = drawBook(market, instrument, halfSpread, 1)
  return {
    e: 'bookTicker',
    u: market.updates,
    s: market.symbol,
    b: numberText(bids[0]![0]),
    B: numberText(bids[0]![1]),
    a: numberText(asks[0]![0]),
    A: numberText(asks[0]![1]),
    T: market.quote.time,
    E: now,
  }
}

const aggregateData = (symbol: string, trade: ShownTrade, now: number): Data => ({
  e: 'aggTrade',
  E: now,
  s: symbol,
  a: trade.id,
  p: numberText(trade.price),
  q: numberText(trade.quantity),
  f: trade.id,
  l: trade.id,
  T: trade.time,
  m: trade.buyerIsMaker,
})

const tradeData = (symbol: string, trade: ShownTrade, now: number): Data => ({
  e: 'trade',
  E: now,
  T: trade.time,
  s: symbol,
  t: trade.id,
  p: numberText(trade.price),
  q: numberText(trade.quantity),
  X: 'MARKET',
  m: trade.buyerIsMaker,
})

const forcedData = (symbol: string, order: ForcedOrder, now: number): Data => ({
  e: 'forceOrder',
  E: now,
  o: {
    s: symbol,
    S: order.side === 'buy' ? 'BUY' : 'SELL',
    o: 'LIMIT',
    f: 'IOC',
    q: numberText(order.quantity),
    p: numberText(order.price),
    ap: numberText(order.price),
    X: 'FILLED',
    l: numberText(order.quantity),
    z: numberText(order.quantity),
    T: order.time,
  },
})

function miniData({ market, day }: Listed, now: number): Data {
  const { open, high, low, volume, turnover } = day(now)
  return {
    e: '24hrMiniTicker',
    E: now,
    s: market.symbol,
    c: numberText(market.quote.last),
    o: numberText(open),
    h: numberText(high),
    l: numberText(low),
    v: numberText(volume),
    q: numberText(turnover),
  }
}

function dayData({ market, day }: Listed, now: number): Data {
  const { openTime, open, high, low, volume, turnover } = day(now)
  const { last } = market.quote
  const latest = market.trades.last()
  return {
    e: '24hrTicker',
    E: now,
    s: market.symbol,
    p: numberText(last - open),
    P: ((last / open - 1) * 100).toFixed(3),
    w: numberText(volume > 0 ? turnover / volume : last),
    c: numberText(last),
    Q: numberText(latest?.quantity ?? 0),
    o: numberText(open),
    h: numberText(high),
    l: numberText(low),
    v: numberText(volume),
    q: numberText(turnover),
    O: openTime,
    C: now,
    F: 0,
    L: latest?.id ?? 0,
    n: latest?.id ?? 0,
  }
}

const klineData = (
  { market }: Listed,
  candle: Candle,
  { interval, length }: { readonly interval: string; readonly length: number },
  over: boolean,
  now: number,
): Data => ({
  e: 'kline',
  E: now,
  s: market.symbol,
  k: {
    t: candle.openTime,
    T: candle.openTime + length - 1,
    s: market.symbol,
    i: interval,
    f: 0,
    L: 0,
    o: numberText(candle.open),
    c: numberText(candle.close),
    h: numberText(candle.high),
    l: numberText(candle.low),
    v: numberText(candle.volume),
    n: 0,
    x: over,
    q: numberText(candle.turnover),
    V: numberText(candle.takerBuyVolume),
    Q: numberText(takerBuyTurnover(candle)),
    B: '0',
  },
})
