import type { ZoneMasses } from './track.ts'

/** Pairs of an earlier and a present zone that share enough mass, in ascending order of both. */
export interface Overlaps {
  count: number
  readonly previous: Int32Array
  readonly present: Int32Array
  readonly share: Float64Array
}

export interface OverlapFinder {
  readonly overlaps: Overlaps
  /** `decay`: what is left of each tier's mass since the earlier zones were taken. */
  find(previous: ZoneMasses, decay: Float64Array, present: ZoneMasses): void
}

/** Shares are compared to nine digits, so that rounding in the ageing does not decide between equals. */
const DIGITS = 1e9

/**
 * overlap = Σ min(earlier mass aged to now, present mass) / the smaller of the two zones' masses, bin by bin.
 * Both lists are ascending and disjoint, so one walk along both finds every pair.
 */
export function createOverlapFinder(capacity: number, tiers: number, minShare: number): OverlapFinder {
  const pairs = capacity + 4
  const overlaps: Overlaps = {
    count: 0,
    previous: new Int32Array(pairs),
    present: new Int32Array(pairs),
    share: new Float64Array(pairs),
  }
  const undecayed = new Float64Array(tiers).fill(1)
  const earlier = { bins: new Float64Array(capacity), start: new Int32Array(pairs), sum: new Float64Array(pairs) }
  const now = { bins: new Float64Array(capacity), start: new Int32Array(pairs), sum: new Float64Array(pairs) }

  function flatten(zones: ZoneMasses, factors: Float64Array, into: typeof earlier): void {
    let at = 0
    let index = 0
    for (let zone = 0; zone < zones.count; zone++) {
      into.start[zone] = at - zones.low[zone]!
      let whole = 0
      for (let bin = zones.low[zone]!, end = zones.high[zone]!; bin <= end; bin++) {
        let mass = 0
        for (let tier = 0; tier < tiers; tier++) {
          mass += zones.byTier[index++]! * factors[tier]!
        }
        into.bins[at++] = mass
        whole += mass
      }
      into.sum[zone] = whole
    }
  }

  return {
    overlaps,
    find(previous, decay, present) {
      flatten(previous, decay, earlier)
      flatten(present, undecayed, now)
      let count = 0
      let i = 0
      let j = 0
      while (i < previous.count && j < present.count) {
        const from = Math.max(previous.low[i]!, present.low[j]!)
        const to = Math.min(previous.high[i]!, present.high[j]!)
        if (from <= to) {
          let shared = 0
          for (let bin = from; bin <= to; bin++) {
            shared += Math.min(earlier.bins[earlier.start[i]! + bin]!, now.bins[now.start[j]! + bin]!)
          }
          const share = Math.round((shared / Math.min(earlier.sum[i]!, now.sum[j]!)) * DIGITS) / DIGITS
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
    },
  }
}
