import type { SymbolMarket } from './symbol-market.ts'

/** Prices and trades of an interval, base and quote units; NaN = not known. */
export interface Candle {
  readonly openTime: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly turnover: number
  readonly takerBuyVolume: number
}

/** Which prices a candle is made of. */
export type CandlePrice = 'last' | 'mark'

export interface Span {
  /** Open time of the first candle at the earliest. */
  readonly from?: number | undefined
  /** Open time of the last candle at the latest. */
  readonly until?: number | undefined
  readonly limit: number
}

/**
 * Candles of `interval` ms as known at `now`, ascending, the one in the making included; the latest, unless the span
 * says from when. `interval` is a multiple of the market's bars.
 */
export function candles(
  market: SymbolMarket,
  price: CandlePrice,
  interval: number,
  span: Span,
  now: number,
): readonly Candle[] {
  const { bars } = market
  const made = [market.closing, market.open].filter((bar) => !Number.isNaN(bar.openTime))
  const known = bars.known(now)
  // The end of the last candle that may be shown: it holds later bars too.
  const asked = span.until === undefined ? Infinity : (Math.floor(span.until / interval) + 1) * interval - 1
  const before = Math.min(known, bars.from(asked + 1)) - 1
  const until =
    made.findLast((bar) => bar.openTime <= asked)?.openTime ?? (before >= 0 ? bars.at('openTime', before) : Number.NaN)
  if (Number.isNaN(until)) return []
  const start = span.from ?? Math.floor(until / interval) * interval - (span.limit - 1) * interval
  const first = Math.ceil(start / interval) * interval
  const found: Mutable[] = []
  const add = (one: Candle): boolean => {
    const openTime = Math.floor(one.openTime / interval) * interval
    if (openTime > until) return false
    const current = found.at(-1)
    if (current?.openTime === openTime) merge(current, one)
    else if (found.length === span.limit) return false
    else found.push({ ...one, openTime })
    return true
  }
  for (let i = bars.from(first); i < known; i += 1) if (!add(published(market, price, i))) return found
  for (const bar of made) {
    if (bar.openTime >= first && !add(price === 'last' ? bar : { ...bar, ...marksOf(bar) })) return found
  }
  return found
}

type Mutable = { -readonly [K in keyof Candle]: Candle[K] }

function merge(into: Mutable, one: Candle): void {
  into.high = Math.max(into.high, one.high)
  into.low = Math.min(into.low, one.low)
  into.close = one.close
  into.volume += one.volume
  into.turnover += one.turnover
  into.takerBuyVolume += one.takerBuyVolume
}

interface Marks {
  readonly markOpen: number
  readonly markHigh: number
  readonly markLow: number
  readonly markClose: number
}

const marksOf = ({
  markOpen,
  markHigh,
  markLow,
  markClose,
}: Marks): Pick<Candle, 'open' | 'high' | 'low' | 'close'> => ({
  open: markOpen,
  high: markHigh,
  low: markLow,
  close: markClose,
})

function published({ bars }: SymbolMarket, price: CandlePrice, i: number): Candle {
  const mark = price === 'mark'
  return {
    openTime: bars.at('openTime', i),
    open: bars.at(mark ? 'markOpen' : 'open', i),
    high: bars.at(mark ? 'markHigh' : 'high', i),
    low: bars.at(mark ? 'markLow' : 'low', i),
    close: bars.at(mark ? 'markClose' : 'close', i),
    volume: bars.at('volume', i),
    turnover: bars.at('turnover', i),
    takerBuyVolume: bars.at('takerBuyVolume', i),
  }
}
