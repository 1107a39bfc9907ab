import { candles, type Candle, type CandlePrice } from './candle.ts'
import { readSymbol, type Context } from './context.ts'
import { intervalMs } from './interval.ts'
import { numberText } from './number-text.ts'
import { readWindow } from './query.ts'
import { BAD_INTERVAL, isError, missing, type Reply } from './reply.ts'

const DEFAULT_CANDLES = 500
const MOST_CANDLES = 1_500

/** `klines` and `markPriceKlines`. */
export function candleReply(context: Context, price: CandlePrice, query: URLSearchParams, now: number): Reply {
  const listed = readSymbol(context, query)
  if (isError(listed)) return listed
  const name = query.get('interval')
  if (name === null || name === '') return missing('interval')
  const interval = intervalMs(name, context.barMs)
  if (interval === undefined) return BAD_INTERVAL
  const window = readWindow(query, DEFAULT_CANDLES, MOST_CANDLES)
  if (isError(window)) return window
  const found = candles(listed.market, price, interval, window, now)
  return { body: found.map((candle) => (price === 'last' ? row(candle, interval) : markRow(candle, interval))) }
}

/** What limits cost of the weight. */
export function candleWeight(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? DEFAULT_CANDLES)
  return limit < 100 ? 1 : limit < 500 ? 2 : limit <= 1_000 ? 5 : 10
}

/** Quote units bought by takers: what they bought at the candle's mean price. */
export const takerBuyTurnover = ({ volume, turnover, takerBuyVolume }: Candle): number =>
  volume > 0 ? (takerBuyVolume * turnover) / volume : 0

/** Trades are not counted. */
const NO_COUNT = 0

const row = (candle: Candle, interval: number): readonly unknown[] => [
  candle.openTime,
  numberText(candle.open),
  numberText(candle.high),
  numberText(candle.low),
  numberText(candle.close),
  numberText(candle.volume),
  candle.openTime + interval - 1,
  numberText(candle.turnover),
  NO_COUNT,
  numberText(candle.takerBuyVolume),
  numberText(takerBuyTurnover(candle)),
  '0',
]

const markRow = (candle: Candle, interval: number): readonly unknown[] => [
  candle.openTime,
  numberText(candle.open),
  numberText(candle.high),
  numberText(candle.low),
  numberText(candle.close),
  '0',
  candle.openTime + interval - 1,
  '0',
  NO_COUNT,
  '0',
  '0',
  '0',
]
