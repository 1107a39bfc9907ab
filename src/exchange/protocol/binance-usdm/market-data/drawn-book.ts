import type { Instrument } from '../../../../domain/instrument.ts'

/** A level of the book: price and base units; 0 where it is gone. */
export type BookLevel = readonly [price: number, quantity: number]

/** Best first. */
export interface BookSides {
  readonly bids: readonly BookLevel[]
  readonly asks: readonly BookLevel[]
}

/**
 * A book drawn around the market's best prices: nobody's orders rest in it, and the matching core fills by its own model
 * of slippage. What a level holds depends on its price alone, so that the book moves as books do.
 */
export interface DrawnBook {
  /** Bid and ask are NaN where the tape has no book: then they lie half an assumed spread from the last price. */
  update(last: number, bid: number, ask: number): void
  /** So many levels a side, `LEVELS` at most; none before the first price. */
  top(levels: number): BookSides
  /** What the last update changed within `LEVELS` a side. */
  changes(): BookSides
}

export const LEVELS = 1_000

/** @param quantity what a level holds on average, base units */
export function createDrawnBook(instrument: Instrument, halfSpread: number, quantity: number): DrawnBook {
  const { tick, lot } = instrument
  const pricePlaces = Math.max(0, instrument.tickSize.decimalPlaces())
  const lotPlaces = Math.max(0, instrument.lotSize.decimalPlaces())
  const lots = Math.max(1, quantity / lot)
  const state = { bid: Number.NaN, ask: Number.NaN, bidBefore: Number.NaN, askBefore: Number.NaN }

  const priceOf = (ticks: number): number => Number((ticks * tick).toFixed(pricePlaces))
  const held = (ticks: number): BookLevel => {
    const share = 2 * scatter(ticks)
    return [priceOf(ticks), Number((Math.max(1, Math.round(lots * share)) * lot).toFixed(lotPlaces))]
  }

  /** Levels of a window from `first` outwards that `other` does not reach. */
  const beyond = (first: number, other: number, step: 1 | -1, level: (ticks: number) => BookLevel): BookLevel[] => {
    const found: BookLevel[] = []
    for (let i = 0; i < LEVELS; i += 1) {
      const ticks = first + step * i
      const away = (ticks - other) * step
      if (ticks > 0 && !(away >= 0 && away < LEVELS)) found.push(level(ticks))
    }
    return found
  }
  const side = (now: number, before: number, step: 1 | -1): readonly BookLevel[] => {
    if (Number.isNaN(now) || now === before) return []
    const gone = Number.isNaN(before) ? [] : beyond(before, now, step, (ticks) => [priceOf(ticks), 0])
    return [...gone, ...beyond(now, before, step, held)]
  }
  const line = (first: number, step: 1 | -1, levels: number): readonly BookLevel[] => {
    const found: BookLevel[] = []
    for (let i = 0; i < Math.min(levels, LEVELS); i += 1) {
      const ticks = first + step * i
      if (ticks > 0) found.push(held(ticks))
    }
    return found
  }

  return {
    update(last, bid, ask) {
      state.bidBefore = state.bid
      state.askBefore = state.ask
      state.bid = Math.floor((Number.isNaN(bid) ? last * (1 - halfSpread) : bid) / tick + ROUNDING)
      state.ask = Math.max(
        state.bid + 1,
        Math.ceil((Number.isNaN(ask) ? last * (1 + halfSpread) : ask) / tick - ROUNDING),
      )
    },
    top: (levels) => ({ bids: line(state.bid, -1, levels), asks: line(state.ask, 1, levels) }),
    changes: () => ({
      bids: side(state.bid, state.bidBefore, -1),
      asks: side(state.ask, state.askBefore, 1),
    }),
  }
}

/** Prices are whole ticks but for this much of one. */
const ROUNDING = 1e-6

/** A number in (0, 1] that depends on the level alone (the mixing steps of a 32-bit hash). */
function scatter(ticks: number): number {
  let x = Math.imul(ticks ^ (ticks >>> 16), 0x45d9f3b)
  x = Math.imul(x ^ (x >>> 16), 0x45d9f3b)
  return (((x ^ (x >>> 16)) >>> 0) + 1) / 2 ** 32
}
