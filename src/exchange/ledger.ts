import { Dec, ZERO, type Decimal } from '../domain/decimal.ts'
import { minus, sum } from '../domain/exact.ts'
import type { FundingPaid, OrderFilled, PositionForced } from '../domain/event.ts'

/**
 * The exchange's books of one account. At every moment, to the last digit:
 * `wallet = startingBalance + realised + funding − tradingFees − liquidationFees`.
 */
export interface Ledger {
  readonly startingBalance: Decimal
  readonly wallet: Decimal
  /** Before fees. */
  readonly realised: Decimal
  readonly tradingFees: Decimal
  readonly liquidationFees: Decimal
  /** Positive = received. */
  readonly funding: Decimal
  readonly insuranceFund: Decimal
  /** Losses beyond margin that the fund has borne. */
  readonly insurancePaid: Decimal
  /** Losses beyond margin that nothing covered. */
  readonly uncovered: Decimal
  /** Bars in which both the stop and the target of a position lay. */
  readonly ambiguousBars: number
  readonly fillCount: number
  /** Every execution, forced ones included; empty unless asked for. */
  readonly fills: readonly (OrderFilled | PositionForced)[]
  /** Every settlement of a position; empty unless asked for. */
  readonly fundings: readonly FundingPaid[]
}

export type Books = { -readonly [K in keyof Omit<Ledger, 'fills' | 'fundings'>]: Ledger[K] } & {
  readonly fills: (OrderFilled | PositionForced)[]
  readonly fundings: FundingPaid[]
}

export function openBooks(startingBalance: number): Books {
  const start = new Dec(startingBalance)
  return {
    startingBalance: start,
    wallet: start,
    realised: ZERO,
    tradingFees: ZERO,
    liquidationFees: ZERO,
    funding: ZERO,
    insuranceFund: ZERO,
    insurancePaid: ZERO,
    uncovered: ZERO,
    ambiguousBars: 0,
    fillCount: 0,
    fills: [],
    fundings: [],
  }
}

export function bookTrade(books: Books, realised: Decimal, tradingFee: Decimal, liquidationFee: Decimal): void {
  books.realised = sum(books.realised, realised)
  books.tradingFees = sum(books.tradingFees, tradingFee)
  books.liquidationFees = sum(books.liquidationFees, liquidationFee)
  books.wallet = minus(minus(sum(books.wallet, realised), tradingFee), liquidationFee)
}

export function bookFunding(books: Books, amount: Decimal): void {
  books.funding = books.funding.plus(amount)
  books.wallet = books.wallet.plus(amount)
}

/** Lets the fund bear a loss; what it cannot bear stays uncovered. */
export function drawInsurance(books: Books, loss: Decimal): void {
  const paid = Dec.min(loss, books.insuranceFund)
  books.insuranceFund = books.insuranceFund.minus(paid)
  books.insurancePaid = books.insurancePaid.plus(paid)
  books.uncovered = books.uncovered.plus(loss.minus(paid))
}
