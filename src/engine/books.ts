import { numberOf, ZERO, type Decimal } from '../domain/decimal.ts'
import { minus, sum } from '../domain/exact.ts'
import type { Instrument } from '../domain/instrument.ts'
import { applyFill, FLAT, type PositionBook } from '../domain/portfolio.ts'
import { clear } from '../domain/short-list.ts'
import type { OrderSide } from '../domain/side.ts'
import type { Money, Price, Quantity } from '../domain/unit.ts'

/** The bot's own accounts, kept from fills alone. They must agree with the venue's to the cent. */
export interface Books {
  readonly wallet: Money
  readonly fees: Decimal
  readonly funding: Decimal
  readonly realised: Decimal
  /** True while any position is open. */
  readonly exposed: boolean
  /** Instruments with an open position. */
  readonly openCount: number
  /** By instrument index: the last mark; before the first what its position was opened at, or 0. */
  readonly marks: Float64Array
  position(instrument: Instrument): PositionBook
  fill(instrument: Instrument, side: OrderSide, price: Price, quantity: Quantity, fee: Money): void
  pay(funding: Money): void
  mark(instrument: Instrument, price: number): void
  /** Takes over what an earlier process, or the venue, says is held. */
  hold(instrument: Instrument, position: PositionBook): void
  /** Money that came in or went out, and that no execution and no funding explains. */
  adjust(amount: Decimal): void
  /** Takes over the totals of an earlier process; the wallet stays as it is. */
  carry(totals: { readonly fees: Decimal; readonly funding: Decimal; readonly realised: Decimal }): void
  /** Wallet plus open result at the last marks. */
  equity(): number
  /** Sum of |quantity| × mark over all positions. */
  grossNotional(): number
  signedNotional(instrument: Instrument): number
  /** Base units, positive = long. */
  signedQuantity(instrument: Instrument): number
}

export function createBooks(startingBalance: Money, instruments: readonly Instrument[]): Books {
  const positions: PositionBook[] = instruments.map(() => FLAT)
  // Twins of the positions as numbers, because equity is looked at on every price while one is open.
  const signed = new Float64Array(instruments.length)
  const entry = new Float64Array(instruments.length)
  const marks = new Float64Array(instruments.length)
  /** Indices of the open positions, ascending. */
  const held: number[] = []
  // A field, because a captured variable that holds a double costs an allocation each time it is set.
  const own = { wallet: numberOf(startingBalance) }

  function change(amount: Decimal): void {
    books.wallet = sum(books.wallet, amount) as Money
    own.wallet = numberOf(books.wallet)
  }

  /** Brings the list of open positions up to date. */
  function recount(): void {
    clear(held)
    for (let i = 0; i < signed.length; i++) if (signed[i] !== 0) held.push(i)
    books.openCount = held.length
    books.exposed = held.length > 0
  }

  // Fields instead of getters: V8 keeps a literal with getters as a dictionary, and every look at it would be a search.
  const books: { -readonly [K in keyof Books]: Books[K] } = {
    wallet: startingBalance,
    fees: ZERO,
    funding: ZERO,
    realised: ZERO,
    exposed: false,
    openCount: 0,
    marks,
    position: (instrument) => positions[instrument.index]!,
    fill(instrument, side, price, quantity, fee) {
      const i = instrument.index
      const before = positions[i]!
      const result = applyFill(before, side, price, quantity)
      positions[i] = result.book
      signed[i] = numberOf(result.book.signed)
      entry[i] = numberOf(result.book.entryPrice)
      if (marks[i] === 0) marks[i] = numberOf(price)
      if (before.signed.isZero() !== result.book.signed.isZero()) recount()
      books.realised = sum(books.realised, result.realised)
      books.fees = sum(books.fees, fee)
      change(minus(result.realised, fee))
    },
    pay(amount) {
      books.funding = books.funding.plus(amount)
      change(amount)
    },
    mark(instrument, price) {
      marks[instrument.index] = price
    },
    hold(instrument, position) {
      const i = instrument.index
      const before = positions[i]!
      positions[i] = position
      signed[i] = numberOf(position.signed)
      entry[i] = numberOf(position.entryPrice)
      if (marks[i] === 0) marks[i] = entry[i]!
      if (before.signed.isZero() !== position.signed.isZero()) recount()
    },
    adjust: change,
    carry(totals) {
      books.fees = totals.fees
      books.funding = totals.funding
      books.realised = totals.realised
    },
    equity() {
      if (!books.exposed) return own.wallet
      let total = own.wallet
      for (let k = 0; k < held.length; k++) {
        const i = held[k]!
        total += signed[i]! * (marks[i]! - entry[i]!)
      }
      return total
    },
    grossNotional() {
      let total = 0
      for (const i of held) total += Math.abs(signed[i]!) * marks[i]!
      return total
    },
    signedQuantity: (instrument) => signed[instrument.index]!,
    signedNotional: (instrument) => signed[instrument.index]! * marks[instrument.index]!,
  }
  return books
}
