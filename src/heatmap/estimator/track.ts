import type { EpochMs } from '../../domain/unit.ts'

/** A zone's identity across extractions. */
export interface Track {
  readonly id: string
  readonly born: EpochMs
  /** Zones it came from in its latest split or merge, itself excluded. */
  parentIds: readonly string[]
  /** Distance band at birth, which its strength is ranked in for good; −1 until volatility is known. */
  band: number
}

/** Zones of one side in absolute bins, edges included, ascending and disjoint, with the mass of each bin by tier. */
export interface ZoneMasses {
  count: number
  readonly low: Int32Array
  readonly mode: Int32Array
  readonly high: Int32Array
  /** All tiers of a bin, bin after bin, zone after zone. */
  readonly byTier: Float64Array
}

export function createZoneMasses(capacity: number, tiers: number): ZoneMasses {
  const zones = (capacity >> 1) + 2
  return {
    count: 0,
    low: new Int32Array(zones),
    mode: new Int32Array(zones),
    high: new Int32Array(zones),
    byTier: new Float64Array(capacity * tiers),
  }
}
