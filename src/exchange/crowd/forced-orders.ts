import type { MarkState } from './mark.ts'
import type { TraderBook } from './trader-book.ts'

/** Forced orders so far, by position side: what an exchange's liquidation stream adds up to. Base and quote units. */
export interface ForcedOrderSummary {
  longCount: number
  longQuantity: number
  longNotional: number
  shortCount: number
  shortQuantity: number
  shortNotional: number
}

/** @param row the position in the book, about to be removed; @param price what the forced order gets */
export type OnForced = (time: number, row: number, price: number, mark: number) => void

export interface ForcedOrders {
  readonly summary: ForcedOrderSummary
  /** Those of the last step that has collected, base units; `net` is buys less sells. */
  readonly pending: { quantity: number; net: number }
  listen(onForced: OnForced): void
  /** Closes every position whose liquidation price the mark has crossed, with a market order. */
  collect(time: number): void
}

export function createForcedOrders(
  book: TraderBook,
  quote: { readonly bid: number; readonly ask: number },
  mark: Readonly<MarkState>,
  lot: number,
): ForcedOrders {
  // Tiny fractions: the fields shall hold unboxed doubles from the start.
  const pending = { quantity: 1e-300, net: 1e-300 }
  const summary: ForcedOrderSummary = {
    longCount: 0,
    longQuantity: 1e-300,
    longNotional: 1e-300,
    shortCount: 0,
    shortQuantity: 1e-300,
    shortNotional: 1e-300,
  }
  let time = 0
  let listener: OnForced | undefined
  const force = (row: number): void => {
    const long = book.sign[row]! > 0
    const quantity = book.lots[row]! * lot
    const price = long ? quote.bid : quote.ask
    pending.quantity += quantity
    if (long) {
      pending.net -= quantity
      summary.longCount++
      summary.longQuantity += quantity
      summary.longNotional += quantity * price
    } else {
      pending.net += quantity
      summary.shortCount++
      summary.shortQuantity += quantity
      summary.shortNotional += quantity * price
    }
    listener?.(time, row, price, mark.mark)
  }
  return {
    summary,
    pending,
    listen(onForced) {
      listener = onForced
    },
    collect(at) {
      pending.quantity = 0
      pending.net = 0
      if (!book.reached(mark.mark)) return
      time = at
      book.liquidate(mark.mark, force)
    },
  }
}
