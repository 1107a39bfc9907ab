import type { BarColumns } from '../../domain/bar-columns.ts'
import type { BarEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { DAY_MS } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import type { BarShape, FundingSettlement, Move, WholePath } from '../tape.ts'
import { createBarStatistics } from './bar-statistics.ts'

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

const FUNDING_MS = DAY_MS / 3

/** When a bar's path is at its open, first extreme, second extreme and close, in ms after the open. */
export function pointOffsets(barMs: number): readonly number[] {
  const third = Math.floor(barMs / 3)
  return [0, third, 2 * third, barMs - 1]
}

/** One instrument's history, and the objects in which its items are handed out. */
export interface BarFeed {
  /** Open time of the next bar; Infinity when there is none, and while a bar is open. */
  opensAt: number
  /** Funding settlements still to be handed out at the open of the current bar. */
  settlements: number
  /** Opens the next bar. */
  begin(): void
  /** Path points: 0 the open, 1 the nearer extreme, 2 the other, 3 the close. */
  move(point: number): Move
  /** The open bar's path as a whole. */
  readonly path: WholePath
  funding(): FundingSettlement
  /** Closes the open bar. */
  close(): BarEvent
}

export function createBarFeed(instrument: Instrument, columns: BarColumns, wideBarAtr: number): BarFeed {
  const { openTime, open, high, low, close, volume, fundingRate, barMs } = columns
  const { turnover, openInterest, longShortRatio, takerBuyVolume } = columns
  const statistics = createBarStatistics(barMs)
  const shape: Mutable<BarShape> = { high: 0, low: 0, volume: 0, wide: false }
  const zero = epochMs(0)
  const offsets = Float64Array.from(pointOffsets(barMs))
  const lastOffset = offsets[3]!
  let row = 0
  const move: Mutable<Move> = {
    kind: 'move',
    time: zero,
    instrument,
    last: 0,
    mark: 0,
    bid: Number.NaN,
    ask: Number.NaN,
    jump: false,
    bar: shape,
    minuteVolatility: Number.NaN,
    minuteVolume: Number.NaN,
    cascade: false,
  }
  const path: Mutable<WholePath> = {
    instrument,
    openTime: 0,
    time: 0,
    open: 0,
    low: 0,
    high: 0,
    close: 0,
    bar: shape,
    minuteVolatility: Number.NaN,
    minuteVolume: Number.NaN,
  }
  const settlement: Mutable<FundingSettlement> = { kind: 'funding', time: zero, instrument, rate: 0, mark: 0 }
  const bar: Mutable<BarEvent> = {
    kind: 'bar',
    time: zero,
    openTime: zero,
    closeTime: zero,
    instrument,
    open: 0,
    high: 0,
    low: 0,
    close: 0,
    volume: 0,
    turnover: Number.NaN,
    markHigh: Number.NaN,
    markLow: Number.NaN,
    openInterest: Number.NaN,
    fundingRate: Number.NaN,
    longShortRatio: Number.NaN,
    takerBuyVolume: Number.NaN,
  }

  /**
   * Settlements due at the open of a row: every 8 hours that have come round since the row before (a gap or a bar of
   * a day makes up for several), or one off that grid where the rate shows that one took place.
   */
  const due = (): number => {
    const time = openTime[row]!
    const rate = fundingRate[row]!
    if (Number.isNaN(rate)) return 0
    if (row === 0) return time % FUNDING_MS === 0 ? 1 : 0
    const regular = Math.floor(time / FUNDING_MS) - Math.floor(openTime[row - 1]! / FUNDING_MS)
    if (regular > 0) return regular
    const before = fundingRate[row - 1]!
    return Number.isNaN(before) || before === rate ? 0 : 1
  }

  const priceAt = (point: number): number => {
    const first = path.open
    if (point === 0) return first
    if (point === 3) return path.close
    const highFirst = shape.high - first < first - shape.low
    return highFirst === (point === 1) ? shape.high : shape.low
  }

  const feed: BarFeed = {
    opensAt: columns.length > 0 ? openTime[0]! : Infinity,
    settlements: 0,
    path,
    begin() {
      // Each column is read once a bar: a look into one costs five times one at a field.
      const opened = openTime[row]!
      const first = open[row]!
      const top = high[row]!
      const bottom = low[row]!
      const last = close[row]!
      shape.high = top
      shape.low = bottom
      shape.volume = volume[row]!
      shape.wide = top - bottom >= wideBarAtr * statistics.atr
      const { minuteVolatility, minuteVolume } = statistics
      move.minuteVolatility = minuteVolatility
      move.minuteVolume = minuteVolume
      path.openTime = opened
      path.time = opened + lastOffset
      path.open = first
      path.low = Math.min(bottom, first, last)
      path.high = Math.max(top, first, last)
      path.close = last
      path.minuteVolatility = minuteVolatility
      path.minuteVolume = minuteVolume
      feed.settlements = due()
      feed.opensAt = Infinity
    },
    move(point) {
      const last = priceAt(point)
      move.time = epochMs(path.openTime + offsets[point]!)
      move.jump = point === 0
      move.last = last
      move.mark = last
      return move
    },
    funding() {
      feed.settlements -= 1
      settlement.time = epochMs(path.openTime)
      settlement.rate = fundingRate[row]!
      settlement.mark = path.open
      return settlement
    },
    close() {
      const opened = path.openTime
      const available = epochMs(opened + barMs)
      bar.time = available
      bar.openTime = epochMs(opened)
      bar.closeTime = available
      bar.open = path.open
      bar.high = shape.high
      bar.low = shape.low
      bar.close = path.close
      bar.volume = shape.volume
      bar.turnover = turnover[row]!
      bar.longShortRatio = longShortRatio[row]!
      bar.takerBuyVolume = takerBuyVolume[row]!
      bar.fundingRate = fundingRate[row]!
      bar.openInterest = Number.NaN
      statistics.add(bar)
      row += 1
      feed.opensAt = row < columns.length ? openTime[row]! : Infinity
      if (feed.opensAt === available) {
        bar.openInterest = openInterest[row]!
        bar.fundingRate = fundingRate[row]!
      }
      return bar
    },
  }
  return feed
}
