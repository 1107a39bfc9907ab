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
  /** The open bar's path as it was last asked for with `whole`. */
  readonly path: WholePath
  whole(): WholePath
  funding(): FundingSettlement
  /** Closes the open bar. */
  close(): BarEvent
}

export function createBarFeed(instrument: Instrument, columns: BarColumns, wideBarAtr: number): BarFeed {
  const { openTime, open, high, low, close, volume, fundingRate, barMs } = columns
  const statistics = createBarStatistics(barMs)
  const shape: Mutable<BarShape> = { high: 0, low: 0, volume: 0, wide: false }
  const zero = epochMs(0)
  const offsets = Float64Array.from(pointOffsets(barMs))
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
    if (point === 0) return open[row]!
    if (point === 3) return close[row]!
    const first = open[row]!
    const highFirst = high[row]! - first < first - low[row]!
    return highFirst === (point === 1) ? high[row]! : low[row]!
  }

  const feed: BarFeed = {
    opensAt: columns.length > 0 ? openTime[0]! : Infinity,
    settlements: 0,
    path,
    begin() {
      const top = high[row]!
      const bottom = low[row]!
      shape.high = top
      shape.low = bottom
      shape.volume = volume[row]!
      shape.wide = top - bottom >= wideBarAtr * statistics.atr
      move.minuteVolatility = statistics.minuteVolatility
      move.minuteVolume = statistics.minuteVolume
      feed.settlements = due()
      feed.opensAt = Infinity
    },
    move(point) {
      const last = priceAt(point)
      move.time = epochMs(openTime[row]! + offsets[point]!)
      move.jump = point === 0
      move.last = last
      move.mark = last
      return move
    },
    whole() {
      const first = open[row]!
      const last = close[row]!
      path.openTime = openTime[row]!
      path.time = openTime[row]! + offsets[3]!
      path.open = first
      path.low = Math.min(low[row]!, first, last)
      path.high = Math.max(high[row]!, first, last)
      path.close = last
      path.minuteVolatility = statistics.minuteVolatility
      path.minuteVolume = statistics.minuteVolume
      return path
    },
    funding() {
      feed.settlements -= 1
      settlement.time = epochMs(openTime[row]!)
      settlement.rate = fundingRate[row]!
      settlement.mark = open[row]!
      return settlement
    },
    close() {
      const opened = openTime[row]!
      const available = opened + barMs
      const follows = row + 1 < columns.length && openTime[row + 1]! === available
      bar.time = epochMs(available)
      bar.openTime = epochMs(opened)
      bar.closeTime = epochMs(available)
      bar.open = open[row]!
      bar.high = high[row]!
      bar.low = low[row]!
      bar.close = close[row]!
      bar.volume = volume[row]!
      bar.turnover = columns.turnover[row]!
      bar.openInterest = follows ? columns.openInterest[row + 1]! : Number.NaN
      bar.fundingRate = fundingRate[follows ? row + 1 : row]!
      bar.longShortRatio = columns.longShortRatio[row]!
      bar.takerBuyVolume = columns.takerBuyVolume[row]!
      statistics.add(bar)
      row += 1
      feed.opensAt = row < columns.length ? openTime[row]! : Infinity
      return bar
    },
  }
  return feed
}
