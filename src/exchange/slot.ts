import { ZERO, type Decimal } from '../domain/decimal.ts'
import type { Instrument } from '../domain/instrument.ts'
import { flatPosition, type Position } from './position.ts'
import type { Segment } from './path.ts'
import type { Move } from './tape.ts'
import type { WorkingOrder } from './working-order.ts'

/** What the reading of an ambiguous bar holds back until the bar's other extreme has been passed. */
export type Held = 'nothing' | 'targets' | 'stops'

/** The earliest thing that the path makes happen: an order's level, or (order `null`) the liquidation price. */
export interface Crossing {
  /** Infinity: nothing on the known path. */
  time: number
  /** Which of two at the same time the path meets first. */
  rank: number
  order: WorkingOrder | null
  /** The path was already beyond the level: met at the current price, not at the level. */
  gap: boolean
}

/** All state of one instrument. Plain numbers, read and written on every price. */
export interface Slot {
  readonly instrument: Instrument
  readonly spread: number
  readonly orders: WorkingOrder[]
  readonly position: Position
  readonly crossing: Crossing
  readonly segment: { -readonly [K in keyof Segment]: Segment[K] }
  leverage: number
  /** Whether a price is known at all. */
  known: boolean
  // the last point of the path
  time: number
  last: number
  mark: number
  bid: number
  ask: number
  minuteVolatility: number
  minuteVolume: number
  cascade: boolean
  // the bar that point is part of
  inBar: boolean
  barTime: number
  barOpen: number
  barHigh: number
  barLow: number
  barWide: boolean
  seenHigh: number
  seenLow: number
  held: Held
  counted: boolean
  /** Base units that resting limits may still fill in this bar or minute. */
  budget: number
  budgetMinute: number
  /** The next point, where it has been looked up. */
  next: Move | null
  /** How far along the way to `next` things have happened. */
  cursor: number
  // the position in numbers, and the Decimals they were taken from
  reckonedSize: Decimal
  reckonedCost: Decimal
  reckonedFunding: Decimal
  reckonedLeverage: number
  size: number
  entry: number
  /** NaN: none. */
  liquidation: number
  // the last settlement, for positions opened at that very moment
  fundedAt: number
  fundedRate: number
  fundedMark: number
  fundSeeded: boolean
  /** Requests and market children under way. */
  pending: number
  active: boolean
  // nothing happens while the prices stay strictly inside
  lastLow: number
  lastHigh: number
  markLow: number
  markHigh: number
  /** The current price is not inside. */
  touched: boolean
  /** `crossing` no longer holds. */
  stale: boolean
}

export const createSlot = (instrument: Instrument, spread: number, leverage: number): Slot => ({
  instrument,
  spread,
  orders: [],
  position: flatPosition(),
  crossing: { time: Infinity, rank: 0, order: null, gap: false },
  segment: { start: Number.NaN, end: Number.NaN, jump: true },
  leverage,
  known: false,
  time: -Infinity,
  last: Number.NaN,
  mark: Number.NaN,
  bid: Number.NaN,
  ask: Number.NaN,
  minuteVolatility: Number.NaN,
  minuteVolume: Number.NaN,
  cascade: false,
  inBar: false,
  barTime: -Infinity,
  barOpen: Number.NaN,
  barHigh: Number.NaN,
  barLow: Number.NaN,
  barWide: false,
  seenHigh: Number.NaN,
  seenLow: Number.NaN,
  held: 'nothing',
  counted: false,
  budget: Infinity,
  budgetMinute: -1,
  next: null,
  cursor: -Infinity,
  reckonedSize: ZERO,
  reckonedCost: ZERO,
  reckonedFunding: ZERO,
  reckonedLeverage: leverage,
  size: 0,
  entry: 0,
  liquidation: Number.NaN,
  fundedAt: -Infinity,
  fundedRate: 0,
  fundedMark: Number.NaN,
  fundSeeded: false,
  pending: 0,
  active: false,
  lastLow: -Infinity,
  lastHigh: Infinity,
  markLow: -Infinity,
  markHigh: Infinity,
  touched: false,
  stale: false,
})
