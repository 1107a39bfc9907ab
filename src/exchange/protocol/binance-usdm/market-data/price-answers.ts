import type { BookLevel } from './drawn-book.ts'
import { readSymbol, readSymbols, type Context, type Listed } from './context.ts'
import { numberText } from './number-text.ts'
import { readLimit, readWindow, within } from './query.ts'
import { isError, missing, type Reply } from './reply.ts'
import type { ShownTrade } from './trade-store.ts'

const DEPTH_LIMITS: readonly number[] = [5, 10, 20, 50, 100, 500, 1000]
const DEFAULT_DEPTH = 500
const DEFAULT_TRADES = 500
const MOST_TRADES = 1_000

/** `depth`: a drawn book (`DrawnBook`), which says of itself that it is one. */
export function depthReply(context: Context, query: URLSearchParams, now: number): Reply {
  const listed = readSymbol(context, query)
  if (isError(listed)) return listed
  const limit = readLimit(query, DEFAULT_DEPTH, Infinity)
  if (typeof limit === 'object') return limit
  if (!DEPTH_LIMITS.includes(limit)) return { code: -4021, msg: `${limit} is not valid depth limit.` }
  const { bids, asks } = listed.market.book.top(limit)
  const { updates, quote } = listed.market
  return {
    body: {
      lastUpdateId: updates,
      E: now,
      T: quote.time,
      synthetic: true,
      bids: bids.map(levelText),
      asks: asks.map(levelText),
    },
  }
}

/** As the wire has it. */
export const levelText = ([price, quantity]: BookLevel): readonly [string, string] => [
  numberText(price),
  numberText(quantity),
]

export function depthWeight(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? DEFAULT_DEPTH)
  return limit <= 50 ? 2 : limit <= 100 ? 5 : limit <= 500 ? 10 : 20
}

/** `ticker/price`. */
export const priceReply = (context: Context, query: URLSearchParams): Reply =>
  ofEach(context, query, ({ market: { symbol, quote } }) => ({
    symbol,
    price: numberText(quote.last),
    time: quote.time,
  }))

/** `ticker/bookTicker`. */
export const bookTickerReply = (context: Context, query: URLSearchParams): Reply =>
  ofEach(context, query, ({ market }) => {
    const { bids, asks } = market.book.top(1)
    return {
      symbol: market.symbol,
      bidPrice: numberText(bids[0]?.[0] ?? 0),
      bidQty: numberText(bids[0]?.[1] ?? 0),
      askPrice: numberText(asks[0]?.[0] ?? 0),
      askQty: numberText(asks[0]?.[1] ?? 0),
      time: market.quote.time,
      lastUpdateId: market.updates,
    }
  })

/** `ticker/24hr`. */
export const dayTickerReply = (context: Context, query: URLSearchParams, now: number): Reply =>
  ofEach(context, query, ({ market, day }) => {
    const { quote, trades } = market
    const { openTime, open, high, low, volume, turnover } = day(now)
    const latest = trades.last()
    return {
      symbol: market.symbol,
      priceChange: numberText(quote.last - open),
      priceChangePercent: ((quote.last / open - 1) * 100).toFixed(3),
      weightedAvgPrice: numberText(volume > 0 ? turnover / volume : quote.last),
      lastPrice: numberText(quote.last),
      lastQty: numberText(latest?.quantity ?? 0),
      openPrice: numberText(open),
      highPrice: numberText(high),
      lowPrice: numberText(low),
      volume: numberText(volume),
      quoteVolume: numberText(turnover),
      openTime,
      closeTime: now,
      firstId: trades.all()[0]?.id ?? 0,
      lastId: latest?.id ?? 0,
      count: latest?.id ?? 0,
    }
  })

/** One body for a named symbol, an array for all of those that have a price. */
function ofEach(context: Context, query: URLSearchParams, body: (listed: Listed) => unknown): Reply {
  const asked = readSymbols(context, query)
  if (isError(asked)) return asked
  if ('instrument' in asked) return { body: asked.market.quote.last > 0 ? body(asked) : {} }
  return { body: asked.filter(({ market }) => market.quote.last > 0).map(body) }
}

/** `trades`: the latest. */
export function tradesReply(context: Context, query: URLSearchParams): Reply {
  const listed = readSymbol(context, query)
  if (isError(listed)) return listed
  const limit = readLimit(query, DEFAULT_TRADES, MOST_TRADES)
  if (typeof limit === 'object') return limit
  const found = listed.market.trades.all().slice(-limit)
  return {
    body: found.map(({ id, price, quantity, time, buyerIsMaker }) => ({
      id,
      price: numberText(price),
      qty: numberText(quantity),
      quoteQty: numberText(price * quantity),
      time,
      isBuyerMaker: buyerIsMaker,
    })),
  }
}

/** `aggTrades`, of those kept. */
export function aggregateTradesReply(context: Context, query: URLSearchParams): Reply {
  const listed = readSymbol(context, query)
  if (isError(listed)) return listed
  const window = readWindow(query, DEFAULT_TRADES, MOST_TRADES)
  if (isError(window)) return window
  const kept = listed.market.trades.all()
  const fromId = query.get('fromId')
  if (fromId === null) return { body: within(kept, (trade) => trade.time, window).map(aggregate) }
  if (!/^[0-9]{1,15}$/.test(fromId)) return missing('fromId')
  const found = kept.filter((trade) => trade.id >= Number(fromId))
  return { body: found.slice(0, window.limit).map(aggregate) }
}

const aggregate = ({ id, price, quantity, time, buyerIsMaker }: ShownTrade): unknown => ({
  a: id,
  p: numberText(price),
  q: numberText(quantity),
  f: id,
  l: id,
  T: time,
  m: buyerIsMaker,
})

/** `openInterest`: base units, as last published. */
export function presentInterestReply(context: Context, query: URLSearchParams): Reply {
  const listed = readSymbol(context, query)
  if (isError(listed)) return listed
  const { symbol, openInterest } = listed.market
  if (Number.isNaN(openInterest.base)) return { body: { symbol, openInterest: '0', time: 0 } }
  return { body: { symbol, openInterest: numberText(openInterest.base), time: openInterest.asOf } }
}
