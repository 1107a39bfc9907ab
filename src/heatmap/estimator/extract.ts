import { highestBin, lowestBin, type MassMap } from './mass-map.ts'
import type { SideIndex } from './tier-set.ts'

/** The mass of one side as it was at one moment, and the zones found in it. */
export interface Extract {
  /** Absolute bin of index 0, and number of bins. */
  origin: number
  length: number
  /** Contracts by bin, and by tier and bin: tier × span + index. */
  readonly mass: Float64Array
  readonly byTier: Float64Array
  readonly span: number
  /** Zones, ascending and disjoint, in absolute bins, both edges included. */
  count: number
  readonly low: Int32Array
  readonly mode: Int32Array
  readonly high: Int32Array
}

export function createExtract(span: number, tiers: number): Extract {
  const zones = (span >> 1) + 2
  return {
    origin: 0,
    length: 0,
    mass: new Float64Array(span),
    byTier: new Float64Array(span * tiers),
    span,
    count: 0,
    low: new Int32Array(zones),
    mode: new Int32Array(zones),
    high: new Int32Array(zones),
  }
}

/**
 * Copies the mass of a side between the bins `low` and `high`; where nothing lies within `reach` bins, the copy ends
 * earlier.
 */
export function copyMass(
  extract: Extract,
  map: MassMap,
  side: SideIndex,
  low: number,
  high: number,
  reach: number,
): void {
  const { mass, byTier, span } = extract
  const { count, size, mask, stored } = map
  const origin = Math.max(low, lowestBin(map, side) - reach)
  const length = Math.max(0, Math.min(high, highestBin(map, side) + reach) - origin + 1)
  extract.origin = origin
  extract.length = length
  mass.fill(0, 0, length)
  for (let tier = 0; tier < count; tier++) {
    const plane = side * count + tier
    const factor = map.tierScale[tier]! * map.sideScale[side]!
    const base = plane * size
    const row = tier * span
    const from = Math.max(origin, map.lowest[plane]!)
    const to = Math.min(origin + length - 1, map.highest[plane]!)
    if (from > to) {
      byTier.fill(0, row, row + length)
      continue
    }
    byTier.fill(0, row, row + from - origin)
    byTier.fill(0, row + to - origin + 1, row + length)
    for (let bin = from; bin <= to; bin++) {
      const contracts = stored[base + (bin & mask)]! * factor
      byTier[row + bin - origin] = contracts
      mass[bin - origin] = mass[bin - origin]! + contracts
    }
  }
}

/** Ages the mass within the zones: every tier by its factor. What lies between the zones is not brought up to date. */
export function ageZones(extract: Extract, factors: Float64Array): void {
  const { mass, byTier, span, origin } = extract
  for (let zone = 0; zone < extract.count; zone++) {
    for (let i = extract.low[zone]! - origin, end = extract.high[zone]! - origin; i <= end; i++) {
      let sum = byTier[i]! * factors[0]!
      for (let tier = 1; tier < factors.length; tier++) sum += byTier[tier * span + i]! * factors[tier]!
      mass[i] = sum
    }
  }
}

/** Contracts within the edges of a zone. */
export function zoneMass(extract: Extract, zone: number): number {
  let sum = 0
  for (let i = extract.low[zone]! - extract.origin, end = extract.high[zone]! - extract.origin; i <= end; i++)
    sum += extract.mass[i]!
  return sum
}

/** Leverage of a zone, averaged over its mass. */
export function zoneLeverage(extract: Extract, zone: number, leverage: Float64Array): number {
  const from = extract.low[zone]! - extract.origin
  const to = extract.high[zone]! - extract.origin
  let whole = 0
  let weighted = 0
  for (let tier = 0; tier < leverage.length; tier++) {
    let sum = 0
    for (let i = tier * extract.span + from, end = tier * extract.span + to; i <= end; i++) sum += extract.byTier[i]!
    whole += sum
    weighted += sum * leverage[tier]!
  }
  return weighted / whole
}
