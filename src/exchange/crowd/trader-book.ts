import type { MarginTier } from '../../domain/instrument.ts'
import { isolatedLiquidation } from './isolated-liquidation.ts'

/** What a margin arrangement means for a price map. */
export const ISOLATED = 0
export const CROSS = 1
export const UNLEVERED = 2

const CAPACITY = 32_768
const BIN_WIDTH = 0.001
/** Log-price span of the bins around the first price; positions beyond it share the outermost bins. */
const SPAN = 3
const BINS = (2 * SPAN) / BIN_WIDTH
const NONE = -1

/**
 * Every position of one symbol's crowd, as columns. Quantities are whole lots, so that sums are exact. Positions with a
 * liquidation price hang in lists by side and log-price bin: a price that crosses nothing costs two comparisons.
 */
export interface TraderBook {
  /** Number of traders; rows 0 … count − 1 are alive, in no lasting order. */
  count(): number
  /** +1 long, −1 short. */
  readonly sign: Int8Array
  readonly kind: Int8Array
  readonly entry: Float64Array
  readonly lots: Float64Array
  readonly margin: Float64Array
  readonly initialMargin: Float64Array
  readonly leverage: Float64Array
  /** NaN: none. */
  readonly liquidation: Float64Array
  readonly longLots: () => number
  readonly shortLots: () => number
  readonly longAccounts: () => number
  /** Adds a trader and returns the row; −1 when the book is full. */
  add(sign: number, kind: number, entry: number, lots: number, leverage: number): number
  remove(row: number): void
  /** Changes an isolated position's margin and moves its liquidation price. */
  addMargin(row: number, amount: number): void
  /** Whether `mark` may have crossed a liquidation price; false is certain. */
  reached(mark: number): boolean
  /** Removes every position whose liquidation price `mark` has crossed, highest bin of longs first. */
  liquidate(mark: number, onForced: (row: number) => void): void
}

export function createTraderBook(firstPrice: number, lot: number, tiers: readonly MarginTier[]): TraderBook {
  const sign = new Int8Array(CAPACITY)
  const kind = new Int8Array(CAPACITY)
  const entry = new Float64Array(CAPACITY)
  const lots = new Float64Array(CAPACITY)
  const margin = new Float64Array(CAPACITY)
  const initialMargin = new Float64Array(CAPACITY)
  const leverage = new Float64Array(CAPACITY)
  const liquidation = new Float64Array(CAPACITY)
  const list = new Int32Array(CAPACITY)
  const next = new Int32Array(CAPACITY)
  const previous = new Int32Array(CAPACITY)
  // Longs first, shorts behind them.
  const head = new Int32Array(2 * BINS).fill(NONE)
  const floor = Math.log(firstPrice) - SPAN
  const total = { count: 0, longAccounts: 0, longLots: 0, shortLots: 0 }
  // Bounds of the liquidation prices; NaN, which nothing reaches, where there are none.
  const nearest = { long: Number.NaN, short: Number.NaN }

  const binOf = (price: number): number =>
    Math.max(0, Math.min(BINS - 1, Math.floor((Math.log(price) - floor) / BIN_WIDTH)))

  const link = (row: number): void => {
    const price = liquidation[row]!
    if (Number.isNaN(price)) {
      list[row] = NONE
      return
    }
    const long = sign[row]! > 0
    const at = binOf(price) + (long ? 0 : BINS)
    list[row] = at
    previous[row] = NONE
    next[row] = head[at]!
    if (head[at] !== NONE) previous[head[at]!] = row
    head[at] = row
    if (long) {
      if (!(price <= nearest.long)) nearest.long = price
    } else if (!(price >= nearest.short)) nearest.short = price
  }

  const unlink = (row: number): void => {
    const at = list[row]!
    if (at === NONE) return
    if (previous[row] === NONE) head[at] = next[row]!
    else next[previous[row]!] = next[row]!
    if (next[row] !== NONE) previous[next[row]!] = previous[row]!
  }

  const price = (row: number): number =>
    kind[row] === ISOLATED
      ? isolatedLiquidation(sign[row]!, entry[row]!, lots[row]! * lot, margin[row]!, tiers)
      : Number.NaN

  const move = (from: number, to: number): void => {
    unlink(from)
    sign[to] = sign[from]!
    kind[to] = kind[from]!
    entry[to] = entry[from]!
    lots[to] = lots[from]!
    margin[to] = margin[from]!
    initialMargin[to] = initialMargin[from]!
    leverage[to] = leverage[from]!
    liquidation[to] = liquidation[from]!
    link(to)
  }

  const remove = (row: number): void => {
    unlink(row)
    if (sign[row]! > 0) {
      total.longLots -= lots[row]!
      total.longAccounts--
    } else total.shortLots -= lots[row]!
    const last = --total.count
    if (row !== last) move(last, row)
  }

  /** Liquidates what is crossed in a bin and returns the nearest price left in it, NaN when it is empty. */
  const sweepBin = (at: number, mark: number, side: number, onForced: (row: number) => void): number => {
    let best = Number.NaN
    let row = head[at]!
    while (row !== NONE) {
      const level = liquidation[row]!
      if ((level - mark) * side >= 0) {
        onForced(row)
        remove(row)
        // The row may hold another trader of this very bin now: start over.
        best = Number.NaN
        row = head[at]!
        continue
      }
      if (!((level - best) * side <= 0)) best = level
      row = next[row]!
    }
    return best
  }
  const sweepLongs = (mark: number, onForced: (row: number) => void): void => {
    let best = Number.NaN
    for (let at = binOf(nearest.long); at >= 0 && Number.isNaN(best); at--) best = sweepBin(at, mark, 1, onForced)
    nearest.long = best
  }
  const sweepShorts = (mark: number, onForced: (row: number) => void): void => {
    let best = Number.NaN
    for (let at = binOf(nearest.short); at < BINS && Number.isNaN(best); at++)
      best = sweepBin(at + BINS, mark, -1, onForced)
    nearest.short = best
  }

  return {
    count: () => total.count,
    sign,
    kind,
    entry,
    lots,
    margin,
    initialMargin,
    leverage,
    liquidation,
    longLots: () => total.longLots,
    shortLots: () => total.shortLots,
    longAccounts: () => total.longAccounts,
    add(side, arrangement, at, size, times) {
      if (total.count === CAPACITY) return NONE
      const row = total.count++
      sign[row] = side
      kind[row] = arrangement
      entry[row] = at
      lots[row] = size
      margin[row] = (size * lot * at) / times
      initialMargin[row] = margin[row]!
      leverage[row] = times
      liquidation[row] = price(row)
      link(row)
      if (side > 0) {
        total.longLots += size
        total.longAccounts++
      } else total.shortLots += size
      return row
    },
    remove,
    addMargin(row, amount) {
      margin[row]! += amount
      unlink(row)
      liquidation[row] = price(row)
      link(row)
    },
    reached: (mark) => mark <= nearest.long || mark >= nearest.short,
    liquidate(mark, onForced) {
      if (mark <= nearest.long) sweepLongs(mark, onForced)
      if (mark >= nearest.short) sweepShorts(mark, onForced)
    },
  }
}
