import type { Instrument } from '../../../../domain/instrument.ts'
import { MINUTE_MS } from '../../../../domain/time.ts'
import type { SymbolMarket } from './symbol-market.ts'

/** A level of the book: price and base units. */
export type BookLevel = readonly [price: number, quantity: number]

/** Best first. */
export interface Book {
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

/** The best level holds this share of a minute's volume, and each further one this much more of it. */
const TOP_SHARE = 0.05
const GROWTH = 0.25

/**
 * A book drawn around the market's best prices: nobody's orders rest in it, and the matching core fills by its own model
 * of slippage. Where the tape has no book, the best prices lie half an assumed spread from the last one.
 */
export function drawBook(market: SymbolMarket, instrument: Instrument, halfSpread: number, levels: number): Book {
  const { tick, lot } = instrument
  const { quote, bars } = market
  const { last } = quote
  if (!(last > 0)) return { bids: [], asks: [] }
  const bid = Number.isNaN(quote.bid) ? Math.min(last, last * (1 - halfSpread)) : quote.bid
  const ask = Number.isNaN(quote.ask) ? Math.max(last, last * (1 + halfSpread)) : quote.ask
  const bidTicks = Math.floor(bid / tick + ROUNDING)
  const askTicks = Math.max(bidTicks + 1, Math.ceil(ask / tick - ROUNDING))
  const places = Math.max(0, instrument.tickSize.decimalPlaces())
  const lots = Math.max(1, Math.round((minuteVolume(bars) * TOP_SHARE) / lot))
  const quantityPlaces = Math.max(0, instrument.lotSize.decimalPlaces())
  const side = (first: number, step: 1 | -1): BookLevel[] => {
    const found: BookLevel[] = []
    for (let i = 0; i < levels; i += 1) {
      const ticks = first + step * i
      if (ticks <= 0) break
      const quantity = Math.round(lots * (1 + GROWTH * i)) * lot
      found.push([Number((ticks * tick).toFixed(places)), Number(quantity.toFixed(quantityPlaces))])
    }
    return found
  }
  return { bids: side(bidTicks, -1), asks: side(askTicks, 1) }
}

/** Prices are whole ticks but for this much of one. */
const ROUNDING = 1e-6

function minuteVolume(bars: SymbolMarket['bars']): number {
  const count = bars.length()
  const volume = count > 0 ? bars.at('volume', count - 1) : Number.NaN
  return Number.isNaN(volume) ? 0 : (volume * MINUTE_MS) / bars.barMs
}
