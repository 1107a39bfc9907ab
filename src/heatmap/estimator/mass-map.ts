import { LEDGER_COLUMNS } from './ledger.ts'
import type { SideIndex, TierSet } from './tier-set.ts'

export const EMPTY_LOW = 2 ** 31 - 1
export const EMPTY_HIGH = -(2 ** 31)
/** Where a tier lands that is never liquidated: far outside any range, and still an int32. */
const NOWHERE = 1e9

/**
 * Contracts by side, leverage tier and absolute log-price bin ⌊ln(price) / bin width⌋.
 *
 * A ring of bins for each plane, indexed by the absolute bin, so that nothing is moved when the price moves. Stored
 * values are contracts divided by a scale of the tier and one of the side: ageing touches the first, voluntary closes
 * and the cap the second, and a sweep only what lies between the outermost bins and the price. Cost does not depend on
 * how many bins hold mass. A record with functions beside it rather than a closure: those stay fast with many symbols.
 */
export interface MassMap {
  readonly tiers: TierSet
  /** Tiers, and planes: twice as many. */
  readonly count: number
  readonly planes: number
  /** Bins of a plane, a power of two, and that less one. */
  readonly size: number
  readonly mask: number
  readonly stored: Float64Array
  readonly tierScale: Float64Array
  readonly sideScale: Float64Array
  /** Sum of a plane's stored values. */
  readonly held: Float64Array
  /** Contracts of a side. */
  readonly totals: Float64Array
  /** Contracts that the last sweep took from a side. */
  readonly released: Float64Array
  /** First and last bin of a plane that may hold mass; first > last when it is empty. */
  readonly lowest: Int32Array
  readonly highest: Int32Array
  /** `LEDGER_COLUMNS` a side. */
  readonly ledger: Float64Array
  /** By plane: from the position of an entry to that of its liquidation, in bins. */
  readonly shift: Float64Array
  /** No mass lies beyond these: on a quiet bar four comparisons replace a look at every plane. */
  lowestOfAll: number
  highestOfAll: number
  highestLong: number
  lowestShort: number
}

/**
 * @param span largest number of bins that hold mass at one time
 * @param binWidth in log price
 */
export function createMassMap(tiers: TierSet, span: number, binWidth: number): MassMap {
  const count = tiers.count
  const planes = 2 * count
  const size = 2 ** Math.ceil(Math.log2(span + 2))
  return {
    tiers,
    count,
    planes,
    size,
    mask: size - 1,
    stored: new Float64Array(planes * size),
    tierScale: new Float64Array(count).fill(1),
    sideScale: new Float64Array(2).fill(1),
    held: new Float64Array(planes),
    totals: new Float64Array(2),
    released: new Float64Array(2),
    lowest: new Int32Array(planes).fill(EMPTY_LOW),
    highest: new Int32Array(planes).fill(EMPTY_HIGH),
    ledger: new Float64Array(2 * LEDGER_COLUMNS),
    shift: Float64Array.from(tiers.logFactor, (factor) => Math.max(-NOWHERE, Math.min(NOWHERE, factor / binWidth))),
    lowestOfAll: EMPTY_LOW,
    highestOfAll: EMPTY_HIGH,
    highestLong: EMPTY_HIGH,
    lowestShort: EMPTY_LOW,
  }
}

/** Books contracts that a side gained or lost. */
export function book(map: MassMap, side: SideIndex, column: number, contracts: number): void {
  const index = side * LEDGER_COLUMNS + column
  map.ledger[index] = map.ledger[index]! + contracts
}

/** First bin of a side that may hold mass. */
export function lowestBin(map: MassMap, side: SideIndex): number {
  const { count, lowest } = map
  let low = EMPTY_LOW
  for (let plane = side * count, end = plane + count; plane < end; plane++)
    if (lowest[plane]! < low) low = lowest[plane]!
  return low
}

/** Last bin of a side that may hold mass; below the first when it is empty. */
export function highestBin(map: MassMap, side: SideIndex): number {
  const { count, highest } = map
  let high = EMPTY_HIGH
  for (let plane = side * count, end = plane + count; plane < end; plane++)
    if (highest[plane]! > high) high = highest[plane]!
  return high
}

/** Brings the extent of the whole map up to date after planes have changed theirs. */
export function refreshExtent(map: MassMap): void {
  const { count, planes, lowest, highest } = map
  let lowLong = EMPTY_LOW
  let highLong = EMPTY_HIGH
  for (let plane = 0; plane < count; plane++) {
    if (lowest[plane]! < lowLong) lowLong = lowest[plane]!
    if (highest[plane]! > highLong) highLong = highest[plane]!
  }
  let lowShort = EMPTY_LOW
  let highShort = EMPTY_HIGH
  for (let plane = count; plane < planes; plane++) {
    if (lowest[plane]! < lowShort) lowShort = lowest[plane]!
    if (highest[plane]! > highShort) highShort = highest[plane]!
  }
  map.highestLong = highLong
  map.lowestShort = lowShort
  map.lowestOfAll = lowLong < lowShort ? lowLong : lowShort
  map.highestOfAll = highShort > highLong ? highShort : highLong
}

/** Contracts of one tier of one side in a bin. */
export function massAt(map: MassMap, side: SideIndex, tier: number, bin: number): number {
  const plane = side * map.count + tier
  if (bin < map.lowest[plane]! || bin > map.highest[plane]!) return 0
  return map.stored[plane * map.size + (bin & map.mask)]! * map.tierScale[tier]! * map.sideScale[side]!
}

/** Writes the contracts of a side in the bins from `low` to `high` into `into`, lowest first. */
export function sumTiers(map: MassMap, side: SideIndex, low: number, high: number, into: Float64Array): void {
  const { count, size, mask, stored } = map
  into.fill(0, 0, high - low + 1)
  for (let tier = 0; tier < count; tier++) {
    const plane = side * count + tier
    const factor = map.tierScale[tier]! * map.sideScale[side]!
    const base = plane * size
    const from = Math.max(low, map.lowest[plane]!)
    const to = Math.min(high, map.highest[plane]!)
    for (let bin = from; bin <= to; bin++) into[bin - low] = into[bin - low]! + stored[base + (bin & mask)]! * factor
  }
}
