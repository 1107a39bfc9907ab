import { EVICTED, RELEASED } from './ledger.ts'
import { book, EMPTY_HIGH, EMPTY_LOW, refreshExtent, type MassMap } from './mass-map.ts'
import { LONG, SHORT, type SideIndex } from './tier-set.ts'

/** Called for every bin that a sweep empties, tier by tier: leverage, absolute bin, contracts held before the bar. */
export type ReleaseListener = (side: SideIndex, leverage: number, bin: number, mass: number) => void

/** Sets a stretch of bins, both ends included, to zero and returns what they held. */
function empty(stored: Float64Array, from: number, to: number): number {
  // Four sums, because an addition need not wait for one that belongs to another sum.
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let index = from
  for (; index + 3 <= to; index += 4) {
    a += stored[index]!
    b += stored[index + 1]!
    c += stored[index + 2]!
    d += stored[index + 3]!
    stored[index] = 0
    stored[index + 1] = 0
    stored[index + 2] = 0
    stored[index + 3] = 0
  }
  for (; index <= to; index++) {
    a += stored[index]!
    stored[index] = 0
  }
  return a + b + (c + d)
}

/** Takes what a plane holds from bin `from` to bin `to`, one of which lies beyond its extent, out of the map; returns contracts. */
export function drain(map: MassMap, plane: number, from: number, to: number): number {
  const { count, size, mask, stored, held, totals } = map
  const low = map.lowest[plane]!
  const high = map.highest[plane]!
  const first = from > low ? from : low
  const last = to < high ? to : high
  if (first > last) return 0
  const side = plane < count ? LONG : SHORT
  const base = plane * size
  const start = first & mask
  const end = start + last - first
  const removed =
    end < size
      ? empty(stored, base + start, base + end)
      : empty(stored, base + start, base + mask) + empty(stored, base, base + end - size)
  const contracts = removed * map.tierScale[plane - side * count]! * map.sideScale[side]!
  // What is left is a sum of rounded numbers: never let it fall below nothing.
  totals[side] = Math.max(totals[side]! - contracts, 0)
  held[plane] = Math.max(held[plane]! - removed, 0)
  if (first === low && last === high) {
    held[plane] = 0
    map.lowest[plane] = EMPTY_LOW
    map.highest[plane] = EMPTY_HIGH
  } else if (first === low) map.lowest[plane] = last + 1
  else map.highest[plane] = first - 1
  return contracts
}

function report(map: MassMap, side: SideIndex, from: number, to: number, listener: ReleaseListener): void {
  for (let tier = 0; tier < map.count; tier++) {
    const plane = side * map.count + tier
    const factor = map.tierScale[tier]! * map.sideScale[side]!
    for (let bin = Math.max(from, map.lowest[plane]!), end = Math.min(to, map.highest[plane]!); bin <= end; bin++) {
      const contracts = map.stored[plane * map.size + (bin & map.mask)]! * factor
      if (contracts > 0) listener(side, map.tiers.leverage[tier]!, bin, contracts)
    }
  }
}

function sweep(map: MassMap, side: SideIndex, from: number, to: number, listener: ReleaseListener | undefined): void {
  if (listener) report(map, side, from, to, listener)
  let released = 0
  for (let tier = 0; tier < map.count; tier++) released += drain(map, side * map.count + tier, from, to)
  map.released[side] = released
  book(map, side, RELEASED, released)
  refreshExtent(map)
}

/** Releases the longs at or above `longBin` and the shorts at or below `shortBin`; `map.released` tells how much. */
export function release(map: MassMap, longBin: number, shortBin: number, listener: ReleaseListener | undefined): void {
  map.released[LONG] = 0
  map.released[SHORT] = 0
  if (map.highestLong >= longBin) sweep(map, LONG, longBin, EMPTY_LOW, listener)
  if (map.lowestShort <= shortBin) sweep(map, SHORT, EMPTY_HIGH, shortBin, listener)
}

/** Drops what lies below `low` or above `high`, which must not be further apart than the map was made for. */
export function confine(map: MassMap, low: number, high: number): void {
  if (map.lowestOfAll >= low && map.highestOfAll <= high) return
  for (let plane = 0; plane < map.planes; plane++) {
    const evicted = drain(map, plane, EMPTY_HIGH, low - 1) + drain(map, plane, high + 1, EMPTY_LOW)
    book(map, plane < map.count ? LONG : SHORT, EVICTED, evicted)
  }
  refreshExtent(map)
}
