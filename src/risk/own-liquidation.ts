import type { MarginTier } from '../domain/instrument.ts'
import { liquidationPrice, maxLeverageAt } from '../domain/liquidation.ts'
import { sign, type Direction } from '../domain/side.ts'

/** Stands in where no rate is known: the base rate of the large venues, taken as paid. */
const ASSUMED_FUNDING = 0.0001
const SETTLEMENT_HOURS = 8

/** The rate to reckon with: the current one, or the base rate against us where it is not known. */
export const fundingOrAssumed = (rate: number, direction: Direction): number =>
  Number.isFinite(rate) ? rate : sign(direction) * ASSUMED_FUNDING

export interface LiquidationTerms {
  readonly direction: Direction
  readonly entry: number
  readonly stop: number
  /** Base units. */
  readonly quantity: number
  /** Fraction per settlement; positive: longs pay. */
  readonly fundingRate: number
  readonly maxHoldingHours: number
  /** Under cross margin: all the equity that stands behind the position; `null`: isolated. */
  readonly crossEquity: number | null
  readonly tiers: readonly MarginTier[]
}

/** Funding paid if the position is held for the longest time at the current rate; money received is not counted. */
function fundingPaid(terms: LiquidationTerms): number {
  const rate = Math.max(0, sign(terms.direction) * terms.fundingRate)
  return terms.quantity * terms.entry * rate * Math.ceil(terms.maxHoldingHours / SETTLEMENT_HOURS)
}

/**
 * Distance from entry to our own liquidation after the longest holding time, in stop distances. Infinity: it cannot be
 * liquidated. 0: the margin table does not reach that far, or the funding eats the margin.
 */
export function liquidationDistance(terms: LiquidationTerms, leverage: number): number {
  const { direction, entry, stop, quantity, tiers } = terms
  const initial = terms.crossEquity ?? (quantity * entry) / leverage
  const margin = initial - fundingPaid(terms)
  if (!(margin > 0) || maxLeverageAt(quantity * entry, tiers) === 0) return 0
  const price = liquidationPrice(direction, entry, quantity, margin, tiers)
  // A short always has one; none found means that it lies beyond the table.
  if (price === null) return direction === 'LONG' ? Number.POSITIVE_INFINITY : 0
  const distance = sign(direction) * (entry - price)
  return distance > 0 ? distance / Math.abs(entry - stop) : 0
}

/**
 * The highest leverage, from `wanted` downwards in whole steps, at which our own liquidation lies at least
 * `minStopDistances` stop distances from the entry and which the venue allows at this size; `undefined`: not even at 1×.
 */
export function leverageFor(terms: LiquidationTerms, wanted: number, minStopDistances: number): number | undefined {
  const allowed = maxLeverageAt(terms.quantity * terms.entry, terms.tiers)
  for (let leverage = Math.floor(Math.min(wanted, allowed)); leverage >= 1; leverage--) {
    if (liquidationDistance(terms, leverage) >= minStopDistances) return leverage
  }
  return undefined
}
