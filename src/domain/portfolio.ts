import { Dec, ZERO, type Decimal } from './decimal.ts'
import { minus, negative, sum, times } from './exact.ts'
import type { OrderSide } from './side.ts'
import type { Money, Price, Quantity } from './unit.ts'

/** The bot's own book of one instrument: signed quantity at an average entry price. One-way mode. */
export interface PositionBook {
  /** Base units, positive = long. */
  readonly signed: Decimal
  readonly entryPrice: Decimal
}

export const FLAT: PositionBook = { signed: ZERO, entryPrice: ZERO }

export interface FillResult {
  readonly book: PositionBook
  /** Profit of the part that was closed, before fees. */
  readonly realised: Money
}

/** Applies a fill to a book: same direction averages the entry, the opposite direction realises and may flip. */
export function applyFill(book: PositionBook, side: OrderSide, price: Price, quantity: Quantity): FillResult {
  const delta = side === 'buy' ? quantity : negative(quantity)
  if (book.signed.isZero()) return { book: { signed: delta, entryPrice: price }, realised: ZERO as Money }
  const signed = sum(book.signed, delta)
  if (book.signed.isPositive() === delta.isPositive()) {
    const entryPrice = book.entryPrice.times(book.signed).plus(price.times(delta)).div(signed)
    return { book: { signed, entryPrice }, realised: ZERO as Money }
  }
  const closed = signed.isZero() ? quantity : Dec.min(book.signed.abs(), quantity)
  const perUnit = book.signed.isPositive() ? minus(price, book.entryPrice) : minus(book.entryPrice, price)
  const realised = times(perUnit, closed) as Money
  if (signed.isZero()) return { book: FLAT, realised }
  const flipped = signed.isPositive() !== book.signed.isPositive()
  return { book: { signed, entryPrice: flipped ? price : book.entryPrice }, realised }
}
