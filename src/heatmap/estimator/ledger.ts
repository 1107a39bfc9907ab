import type { SideIndex } from './tier-set.ts'

/** What moved the mass of one side, in contracts, since the start: before + deposited − the other five = after. */
export interface SideLedger {
  readonly aged: number
  /** Swept by the mark price: the liquidations the map predicted. */
  readonly released: number
  readonly closed: number
  readonly deposited: number
  readonly capped: number
  /** Left the tracked range because the price moved away from it. */
  readonly evicted: number
  /** Never entered the map: liquidation price already passed at the close of the bar of entry. */
  readonly instant: number
  /** Never entered the map: liquidation price outside the tracked range. */
  readonly overflow: number
}

export const AGED = 0
export const RELEASED = 1
export const CLOSED = 2
export const DEPOSITED = 3
export const CAPPED = 4
export const EVICTED = 5
export const INSTANT = 6
export const OVERFLOW = 7
/** Columns a side takes in the flat ledger. */
export const LEDGER_COLUMNS = 8

/** One side's row of a flat ledger as a record. */
export function sideLedger(ledger: Float64Array, side: SideIndex): SideLedger {
  const at = (column: number): number => ledger[side * LEDGER_COLUMNS + column]!
  return {
    aged: at(AGED),
    released: at(RELEASED),
    closed: at(CLOSED),
    deposited: at(DEPOSITED),
    capped: at(CAPPED),
    evicted: at(EVICTED),
    instant: at(INSTANT),
    overflow: at(OVERFLOW),
  }
}
