import type { EntryPoints } from './entry-points.ts'
import { DEPOSITED, INSTANT, OVERFLOW } from './ledger.ts'
import { book, refreshExtent, type MassMap } from './mass-map.ts'
import { LONG, SHORT, type SideIndex } from './tier-set.ts'

/** The rare entries that straddle the price or the edge of the range: judged point by point. Returns contracts. */
function depositSome(
  map: MassMap,
  plane: number,
  contracts: number,
  points: EntryPoints,
  close: number,
  low: number,
  high: number,
): number {
  const { count, stored, held } = map
  const side = plane < count ? LONG : SHORT
  const factor = map.tierScale[plane - side * count]! * map.sideScale[side]!
  let placed = 0
  for (let i = 0; i < points.count; i++) {
    const mass = contracts * (points.below[i + 1]! - points.below[i]!)
    const bin = Math.floor(points.place[0]! + map.shift[plane]! + i * points.place[1]!)
    if (side === LONG ? bin >= close : bin <= close) book(map, side, INSTANT, mass)
    else if (bin < low || bin > high) book(map, side, OVERFLOW, mass)
    else {
      const value = mass / factor
      const index = plane * map.size + (bin & map.mask)
      stored[index] = stored[index]! + value
      held[plane] = held[plane]! + value
      placed += mass
      if (bin < map.lowest[plane]!) map.lowest[plane] = bin
      if (bin > map.highest[plane]!) map.highest[plane] = bin
    }
  }
  return placed
}

function depositSide(
  map: MassMap,
  side: SideIndex,
  contracts: number,
  shares: Float64Array,
  points: EntryPoints,
  close: number,
  low: number,
  high: number,
): void {
  const { count, size, mask, stored, held, lowest, highest, tierScale, shift } = map
  const { below } = points
  const last = points.count - 1
  const origin = points.place[0]!
  const step = points.place[1]!
  const perBin = 1 / step
  const perSide = contracts / map.sideScale[side]!
  // The most bins between the first and the last point, wherever the bins' edges fall.
  const reach = last === 0 ? 0 : (Math.floor(last * step) + 1) | 0
  const fewBins = 2 * reach <= last
  let placed = 0
  for (let tier = 0; tier < count; tier++) {
    const plane = side * count + tier
    const start = origin + shift[plane]!
    const from = Math.floor(start) | 0
    const to = from + reach
    const clear = side === LONG ? to < close && from >= low : from > close && to <= high
    if (!clear) {
      placed += depositSome(map, plane, contracts * shares[plane]!, points, close, low, high)
      continue
    }
    const value = (perSide * shares[plane]!) / tierScale[tier]!
    const base = plane * size
    if (fewBins) {
      // One addition for all the points of a bin. Point by point they would wait for one another.
      let edge = (from + 1 - start) * perBin
      let before = 0
      for (let bin = from; bin < to; bin++) {
        const upTo = below[Math.ceil(edge < last + 1 ? edge : last + 1) | 0]!
        const index = base + (bin & mask)
        stored[index] = stored[index]! + value * (upTo - before)
        before = upTo
        edge += perBin
      }
      const index = base + (to & mask)
      stored[index] = stored[index]! + value * (1 - before)
    } else {
      for (let i = 0; i <= last; i++) {
        const index = base + ((Math.floor(start + i * step) | 0) & mask)
        stored[index] = stored[index]! + value * (below[i + 1]! - below[i]!)
      }
    }
    held[plane] = held[plane]! + value
    placed += contracts * shares[plane]!
    if (from < lowest[plane]!) lowest[plane] = from
    if (to > highest[plane]!) highest[plane] = to
  }
  book(map, side, DEPOSITED, placed)
  map.totals[side] = map.totals[side]! + placed
}

/**
 * Adds `contracts` to both sides, divided among the tiers by `shares` (by plane) and entered at `points`. What would be
 * liquidated at or beyond the bin `close`, or outside [low, high], is left out and counted.
 */
export function deposit(
  map: MassMap,
  contracts: number,
  shares: Float64Array,
  points: EntryPoints,
  close: number,
  low: number,
  high: number,
): void {
  depositSide(map, LONG, contracts, shares, points, close, low, high)
  depositSide(map, SHORT, contracts, shares, points, close, low, high)
  refreshExtent(map)
}
