import { nextFunding } from '../../../../domain/time.ts'
import { epochMs } from '../../../../domain/unit.ts'
import type { Candle } from './candle.ts'
import { takerBuyTurnover } from './candle-answers.ts'
import type { Listed } from './context.ts'
import type { BookSides } from './drawn-book.ts'
import type { ForcedOrder } from './forced-queue.ts'
import { lastRate } from './funding-answers.ts'
import { numberText } from './number-text.ts'
import { levelText } from './price-answers.ts'
import type { ShownTrade } from './trade-store.ts'

/** One message, as the exchange's documentation letters its fields. */
export type FrameData = Readonly<Record<string, unknown>>

export const markData = ({ market }: Listed, now: number): FrameData => ({
  e: 'markPriceUpdate',
  E: now,
  s: market.symbol,
  p: numberText(market.quote.mark),
  i: numberText(market.quote.mark),
  P: numberText(market.quote.mark),
  r: lastRate(market, now),
  T: nextFunding(epochMs(now)),
})

export function bookData({ market }: Listed, now: number): FrameData {
  const { bids, asks } = market.book.top(1)
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

export const depthData = ({ market }: Listed, { bids, asks }: BookSides, now: number): FrameData => ({
  e: 'depthUpdate',
  E: now,
  T: market.quote.time,
  s: market.symbol,
  U: market.updates,
  u: market.updates,
  pu: market.updates - 1,
  b: bids.map(levelText),
  a: asks.map(levelText),
})

export const aggregateData = (symbol: string, trade: ShownTrade, now: number): FrameData => ({
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

export const tradeData = (symbol: string, trade: ShownTrade, now: number): FrameData => ({
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

export const forcedData = (symbol: string, order: ForcedOrder, now: number): FrameData => ({
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

export function miniData({ market, day }: Listed, now: number): FrameData {
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

export function dayData({ market, day }: Listed, now: number): FrameData {
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

export const klineData = (
  { market }: Listed,
  candle: Candle,
  { interval, length }: { readonly interval: string; readonly length: number },
  over: boolean,
  now: number,
): FrameData => ({
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
