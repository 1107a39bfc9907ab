import type { Instrument } from '../../../../domain/instrument.ts'
import type { MarketData, StatusOf } from '../market-data-port.ts'
import { candleReply, candleWeight } from './candle-answers.ts'
import type { Context } from './context.ts'
import { exchangeInfo } from './exchange-info.ts'
import { fundingInfoReply, fundingRateReply, premiumReply } from './funding-answers.ts'
import {
  aggregateTradesReply,
  bookTickerReply,
  dayTickerReply,
  depthReply,
  depthWeight,
  presentInterestReply,
  priceReply,
  tradesReply,
} from './price-answers.ts'
import { answerOf, type Reply } from './reply.ts'
import { accountRatioReply, openInterestReply, takerReply } from './statistics-answers.ts'

interface Endpoint {
  readonly reply: (query: URLSearchParams, now: number, statusOf: StatusOf) => Reply
  /** What it costs of the weight per minute; the exchange's published figures. */
  readonly weight: (query: URLSearchParams) => number
}

const costs = (weight: number) => (): number => weight
/** One figure for a named symbol, another for all of them. */
const oneOrAll =
  (one: number, all: number) =>
  (query: URLSearchParams): number =>
    query.get('symbol') === null ? all : one

const ALL_TRADED: StatusOf = () => 'TRADING'
const TRADES_WEIGHT = 5
const AGGREGATE_TRADES_WEIGHT = 20

/** The public requests by path: what is asked, as of when, is answered from the context. */
export function createAnswers(context: Context, instruments: () => readonly Instrument[]): MarketData['answer'] {
  const price: Endpoint = { reply: (query) => priceReply(context, query), weight: oneOrAll(1, 2) }
  const endpoints: ReadonlyMap<string, Endpoint> = new Map([
    ['/fapi/v1/ping', { reply: () => ({ body: {} }), weight: costs(1) }],
    ['/fapi/v1/time', { reply: (_query, now) => ({ body: { serverTime: now } }), weight: costs(1) }],
    [
      '/fapi/v1/exchangeInfo',
      { reply: (_query, now, statusOf) => ({ body: exchangeInfo(instruments(), now, statusOf) }), weight: costs(1) },
    ],
    ['/fapi/v1/depth', { reply: (query, now) => depthReply(context, query, now), weight: depthWeight }],
    ['/fapi/v1/klines', { reply: (query, now) => candleReply(context, 'last', query, now), weight: candleWeight }],
    [
      '/fapi/v1/markPriceKlines',
      { reply: (query, now) => candleReply(context, 'mark', query, now), weight: candleWeight },
    ],
    ['/fapi/v1/trades', { reply: (query) => tradesReply(context, query), weight: costs(TRADES_WEIGHT) }],
    [
      '/fapi/v1/aggTrades',
      { reply: (query) => aggregateTradesReply(context, query), weight: costs(AGGREGATE_TRADES_WEIGHT) },
    ],
    ['/fapi/v1/ticker/24hr', { reply: (query, now) => dayTickerReply(context, query, now), weight: oneOrAll(1, 40) }],
    ['/fapi/v1/ticker/bookTicker', { reply: (query) => bookTickerReply(context, query), weight: oneOrAll(2, 5) }],
    ['/fapi/v1/ticker/price', price],
    ['/fapi/v2/ticker/price', price],
    ['/fapi/v1/premiumIndex', { reply: (query, now) => premiumReply(context, query, now), weight: oneOrAll(1, 10) }],
    ['/fapi/v1/fundingRate', { reply: (query, now) => fundingRateReply(context, query, now), weight: costs(0) }],
    ['/fapi/v1/fundingInfo', { reply: () => fundingInfoReply(context), weight: costs(0) }],
    ['/fapi/v1/openInterest', { reply: (query) => presentInterestReply(context, query), weight: costs(1) }],
    [
      '/futures/data/openInterestHist',
      { reply: (query, now) => openInterestReply(context, query, now), weight: costs(0) },
    ],
    [
      '/futures/data/globalLongShortAccountRatio',
      { reply: (query, now) => accountRatioReply(context, query, now), weight: costs(0) },
    ],
    ['/futures/data/takerlongshortRatio', { reply: (query, now) => takerReply(context, query, now), weight: costs(0) }],
  ] satisfies [string, Endpoint][])
  return (path, query, now, statusOf = ALL_TRADED) => {
    const endpoint = endpoints.get(path)
    // The clock of a scaled market falls between milliseconds; what is written is whole.
    return endpoint && answerOf(endpoint.reply(query, Math.floor(now), statusOf), endpoint.weight(query))
  }
}
