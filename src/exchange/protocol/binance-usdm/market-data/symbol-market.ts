import type { BarEvent, OpenInterestEvent, PriceEvent } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import { MINUTE_MS } from '../../../../domain/time.ts'
import { RATIO_LAG_MS } from '../../../crowd/lag.ts'
import { createBarStore, type BarStore } from './bar-store.ts'
import { createDrawnBook, type DrawnBook } from './drawn-book.ts'
import { createForcedQueue, type ForcedQueue } from './forced-queue.ts'
import { beginBar, blankBar, extendBar, type OpenBar } from './open-bar.ts'
import { createSettlementStore, type SettlementStore } from './settlements.ts'
import { createTradeStore, type ShownTrade, type TradeStore } from './trade-store.ts'
import { createTradedQueue, type Traded, type TradedQueue } from './traded.ts'

/** Accounts are counted this often, and the count is published `RATIO_LAG_MS` later. */
const RATIO_PERIOD_MS = 5 * MINUTE_MS

/** Prices as last published; NaN before the first, and for bid and ask where no book is known. */
export interface Quote {
  readonly time: number
  readonly last: number
  readonly mark: number
  readonly bid: number
  readonly ask: number
}

/** All that the public may know of one symbol's market. */
export interface SymbolMarket {
  readonly symbol: string
  readonly quote: Quote
  readonly bars: BarStore
  /** The bar in the making; its `openTime` is NaN while there is none. */
  readonly open: OpenBar
  /** The bar before it, over but not yet published; likewise. */
  readonly closing: OpenBar
  readonly book: DrawnBook
  readonly trades: TradeStore
  /** Those that the last price event brought. */
  readonly fresh: readonly ShownTrade[]
  readonly settlements: SettlementStore
  readonly forced: ForcedQueue
  readonly traded: TradedQueue
  /** Base units at `asOf`. */
  readonly openInterest: { readonly asOf: number; readonly base: number }
  /** Long accounts per short account as counted at `asOf`. */
  readonly ratio: { readonly asOf: number; readonly value: number }
  /** Counts prices: the number of the book's present state. */
  readonly updates: number
  onPrice(event: PriceEvent): void
  onBar(event: BarEvent): void
  onOpenInterest(event: OpenInterestEvent): void
}

/** What a level of the drawn book holds, as a share of a minute's volume when the market starts. */
const LEVEL_SHARE = 0.01

/**
 * @param instrument quantities of open interest are counted in its lots
 * @param measured the tape's trades are measured and handed to `traded`; otherwise only their prices are known
 * @param halfSpread assumed, a fraction of the price, where the tape has no book
 */
export function createSymbolMarket(
  instrument: Instrument,
  barMs: number,
  measured: boolean,
  halfSpread: number,
): SymbolMarket {
  const { symbol, lot } = instrument
  const quote = { time: Number.NaN, last: Number.NaN, mark: Number.NaN, bid: Number.NaN, ask: Number.NaN }
  const bars = createBarStore(barMs)
  const trades = createTradeStore()
  const traded = createTradedQueue()
  const openInterest = { asOf: Number.NaN, base: Number.NaN }
  const ratio = { asOf: Number.NaN, value: Number.NaN }
  const fresh: ShownTrade[] = []
  let open = blankBar()
  let closing = blankBar()
  let updates = 0
  let book = createDrawnBook(instrument, halfSpread, 0)

  const trade = (time: number, last: number, before: number, so: Traded | undefined): void => {
    if (so === undefined) {
      // A price was printed; how much changed hands is not known before the bar is.
      if (!measured && last !== before) fresh.push(trades.add(time, last, lot, last < before))
      return
    }
    const bought = so.takerBuyVolume - open.takerBuyVolume
    const sold = so.volume - open.volume - bought
    if (bought > 0) fresh.push(trades.add(time, last, bought, false))
    if (sold > 0) fresh.push(trades.add(time, last, sold, true))
    open.volume = so.volume
    open.turnover = so.turnover
    open.takerBuyVolume = so.takerBuyVolume
  }

  const madeOf = (openTime: number): OpenBar | undefined => [closing, open].find((bar) => bar.openTime === openTime)

  return {
    symbol,
    quote,
    bars,
    trades,
    traded,
    openInterest,
    ratio,
    fresh,
    settlements: createSettlementStore(),
    forced: createForcedQueue(),
    get open() {
      return open
    },
    get closing() {
      return closing
    },
    get book() {
      return book
    },
    get updates() {
      return updates
    },
    onPrice({ time, last, mark, bid, ask }) {
      updates += 1
      if (updates === 1) book = createDrawnBook(instrument, halfSpread, minuteVolume(bars) * LEVEL_SHARE)
      book.update(last, bid, ask)
      fresh.length = 0
      const openTime = Math.floor(time / barMs) * barMs
      if (open.openTime !== openTime) {
        if (!Number.isNaN(open.openTime)) {
          const over = open
          open = closing
          closing = over
        }
        beginBar(open, openTime, last, mark)
      }
      extendBar(open, time, last, mark)
      trade(time, last, quote.last, traded.take(time))
      quote.time = time
      quote.last = last
      quote.mark = mark
      quote.bid = bid
      quote.ask = ask
    },
    onBar(event) {
      const { openTime, high, low } = event
      const made = madeOf(openTime)
      // A feed without marks of its own: the last price stands in.
      const markHigh = Number.isNaN(event.markHigh) ? high : event.markHigh
      const markLow = Number.isNaN(event.markLow) ? low : event.markLow
      const within = (price: number): number => Math.max(markLow, Math.min(markHigh, price))
      bars.add({
        ...event,
        markHigh,
        markLow,
        markOpen: made?.markOpen ?? within(event.open),
        markClose: made?.markClose ?? within(event.close),
      })
      if (made) made.openTime = Number.NaN
      if (!Number.isNaN(event.openInterest) && !(openInterest.asOf >= event.closeTime)) {
        openInterest.asOf = event.closeTime
        openInterest.base = event.openInterest
      }
    },
    onOpenInterest({ time, openInterest: { asOf, totalUsd, ratio: value } }) {
      if (totalUsd !== null && quote.mark > 0) {
        openInterest.asOf = asOf ?? time
        openInterest.base = wholeLots(totalUsd / quote.mark, lot)
      }
      if (value !== null) {
        ratio.asOf = Math.floor((time - RATIO_LAG_MS) / RATIO_PERIOD_MS) * RATIO_PERIOD_MS
        ratio.value = value
      }
    },
  }
}

/** How far from whole lots rounding alone can take a quantity. */
const ROUNDING = 1e-6

/** The quantity in whole lots, where it is that but for rounding. */
function wholeLots(quantity: number, lot: number): number {
  const lots = Math.round(quantity / lot)
  return Math.abs(quantity / lot - lots) < ROUNDING * Math.max(1, lots) ? lots * lot : quantity
}

/** Of the last published bar; 0 where there is none. */
function minuteVolume(bars: BarStore): number {
  const count = bars.length()
  const volume = count > 0 ? bars.at('volume', count - 1) : Number.NaN
  return Number.isNaN(volume) ? 0 : (volume * MINUTE_MS) / bars.barMs
}
