import type { BarEvent, OpenInterestEvent } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Direction } from '../domain/side.ts'
import type { EpochMs } from '../domain/unit.ts'

/**
 * Where the embedded exchange's prices come from: historical bars, or the simulated crowd. A tape yields items in time
 * order; it may reuse one object per kind, so a receiver copies what it keeps.
 */
export interface Tape {
  readonly instruments: readonly Instrument[]
  /** Time of the next item, `undefined` at the end. */
  peek(): EpochMs | undefined
  /** The next item; call only after `peek` returned a time. */
  next(): TapeItem
  /** Live tapes: more may come although there is nothing now. Absent: what `peek` does not know will never come. */
  readonly goesOn?: () => boolean
  /**
   * Tapes of bars: passes over paths of the bars that open next. Where `mayPass` agrees to every one of them, no settlement
   * falls on the open and the bars close by `until`, the closed bars are the next items. Else those that may pass and are
   * idle (nothing of theirs can happen before the bar is over) are left out of the walk. `passed` is told each path that
   * is not played. Paths are reused objects. Ask only when nothing has been read ahead.
   */
  readonly passOver?: (
    until: number,
    mayPass: (path: WholePath) => boolean,
    isIdle: (instrument: Instrument) => boolean,
    passed: (path: WholePath) => void,
  ) => void
  /** Tapes of bars: whether the next item is a closed bar, so that no path leads to it. */
  readonly closesBars?: () => boolean
}

/** The four points of a bar at once. Last price and mark are one. */
export interface WholePath {
  readonly instrument: Instrument
  readonly openTime: number
  /** Arrival at the close. */
  readonly time: number
  readonly open: number
  /** Of all four points. */
  readonly low: number
  readonly high: number
  readonly close: number
  readonly bar: BarShape
  readonly minuteVolatility: number
  readonly minuteVolume: number
}

export type TapeItem = Move | BarEvent | OpenInterestEvent | FundingSettlement | Bankruptcy

/**
 * The price goes from where it was to `last`, arriving at `time`. Within a bar: open (a jump), the nearer extreme, the
 * other extreme, close. At equal times a closed bar comes before the next bar's open, and funding after that open.
 */
export interface Move {
  readonly kind: 'move'
  readonly time: EpochMs
  readonly instrument: Instrument
  readonly last: number
  readonly mark: number
  /** NaN where no book is known. */
  readonly bid: number
  readonly ask: number
  /** True: no trade happened between the previous price and this one (a bar's open, a gap). */
  readonly jump: boolean
  /** The bar this move is part of; `null` on a tape of ticks. Its figures lie in the future of the bar's open. */
  readonly bar: BarShape | null
  /** Trailing one-minute volatility (fraction) and volume (base units), known before this move. NaN = unknown. */
  readonly minuteVolatility: number
  readonly minuteVolume: number
  /** Forced orders dominate the flow right now. */
  readonly cascade: boolean
}

export interface BarShape {
  readonly high: number
  readonly low: number
  readonly volume: number
  /** The bar's range is at least `wide_bar_atr` trailing ATRs. */
  readonly wide: boolean
}

export interface FundingSettlement {
  readonly kind: 'funding'
  readonly time: EpochMs
  readonly instrument: Instrument
  /** Fraction; positive: longs pay. */
  readonly rate: number
  readonly mark: number
}

/**
 * Another trader's forced order could only be filled beyond the price at which its margin was used up. The insurance
 * fund bears the difference to the last price; what it cannot bear is passed on by auto-deleveraging. A tape without
 * knowledge of other traders never yields one.
 */
export interface Bankruptcy {
  readonly kind: 'bankruptcy'
  readonly time: EpochMs
  readonly instrument: Instrument
  /** Direction of the position that went bankrupt. */
  readonly direction: Direction
  /** Base units. */
  readonly quantity: number
  readonly bankruptcyPrice: number
}
