import { numberOf, sum, ZERO, type Decimal } from '../domain/decimal.ts'
import type { Instrument } from '../domain/instrument.ts'
import { applyFill, FLAT, type PositionBook } from '../domain/portfolio.ts'
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
  position(instrument: Instrument): PositionBook
  fill(instrument: Instrument, side: OrderSide, price: Price, quantity: Quantity, fee: Money): void
  pay(funding: Money): void
  mark(instrument: Instrument, price: number): void
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
  let wallet: Decimal = startingBalance
  let walletNumber = numberOf(wallet)
  let fees: Decimal = ZERO
  let funding: Decimal = ZERO
  let realised: Decimal = ZERO
  let open = 0

  function change(amount: Decimal): void {
    wallet = wallet.plus(amount)
    walletNumber = numberOf(wallet)
  }

  return {
    get wallet() {
      return wallet as Money
    },
    get fees() {
      return fees
    },
    get funding() {
      return funding
    },
    get realised() {
      return realised
    },
    get exposed() {
      return open > 0
    },
    get openCount() {
      return open
    },
    position: (instrument) => positions[instrument.index]!,
    fill(instrument, side, price, quantity, fee) {
      const i = instrument.index
      const before = positions[i]!
      const result = applyFill(before, side, price, quantity)
      positions[i] = result.book
      signed[i] = numberOf(result.book.signed)
      entry[i] = numberOf(result.book.entryPrice)
      if (marks[i] === 0) marks[i] = numberOf(price)
      if (before.signed.isZero() !== result.book.signed.isZero()) open += result.book.signed.isZero() ? -1 : 1
      realised = sum(realised, result.realised)
      fees = sum(fees, fee)
      change(result.realised.minus(fee))
    },
    pay(amount) {
      funding = funding.plus(amount)
      change(amount)
    },
    mark(instrument, price) {
      marks[instrument.index] = price
    },
    equity() {
      if (open === 0) return walletNumber
      let total = walletNumber
      for (let i = 0; i < signed.length; i++) if (signed[i] !== 0) total += signed[i]! * (marks[i]! - entry[i]!)
      return total
    },
    grossNotional() {
      let total = 0
      for (let i = 0; i < signed.length; i++) total += Math.abs(signed[i]!) * marks[i]!
      return total
    },
    signedQuantity: (instrument) => signed[instrument.index]!,
    signedNotional: (instrument) => signed[instrument.index]! * marks[instrument.index]!,
  }
}
