import { zoneMass, type Extract } from './extract.ts'

/** Pairs of an earlier and a present zone that share enough mass, in ascending order of both. */
export interface Overlaps {
  count: number
  readonly previous: Int32Array
  readonly present: Int32Array
  readonly share: Float64Array
}

/** @param zones largest number of zones on one side */
export const createOverlaps = (zones: number): Overlaps => ({
  count: 0,
  previous: new Int32Array(2 * zones),
  present: new Int32Array(2 * zones),
  share: new Float64Array(2 * zones),
})

/** Shares are compared to nine digits, so that rounding in the ageing does not decide between equals. */
const DIGITS = 1e9

/**
 * Finds the pairs whose overlap is at least `minShare`: Σ min(earlier mass aged to now, present mass) / the smaller of
 * the two zones' masses, bin by bin. Both lists are ascending and disjoint, so one walk along both finds every pair.
 * @param previous aged to now
 */
export function findOverlaps(overlaps: Overlaps, previous: Extract, present: Extract, minShare: number): void {
  let count = 0
  let i = 0
  let j = 0
  while (i < previous.count && j < present.count) {
    const from = Math.max(previous.low[i]!, present.low[j]!)
    const to = Math.min(previous.high[i]!, present.high[j]!)
    if (from <= to) {
      const lag = previous.origin - present.origin
      let shared = 0
      for (let k = from - previous.origin, end = to - previous.origin; k <= end; k++) {
        const earlier = previous.mass[k]!
        const now = present.mass[k + lag]!
        shared += earlier < now ? earlier : now
      }
      const share = Math.round((shared / Math.min(zoneMass(previous, i), zoneMass(present, j))) * DIGITS) / DIGITS
      if (share >= minShare) {
        overlaps.previous[count] = i
        overlaps.present[count] = j
        overlaps.share[count++] = share
      }
    }
    if (previous.high[i]! < present.high[j]!) i++
    else j++
  }
  overlaps.count = count
}
