import type { ClusterSide } from '../../domain/side.ts'
import { createDaySums, estimate, type Estimate, type Random } from './day-sums.ts'
import { CLUSTER_SIDES, figureAt, type Outlook } from './outlook.ts'

/** What a map is compared with: a weight for every bin of a side, not normalised. */
export type Baseline = (outlook: Outlook, side: ClusterSide, bin: number) => number

/** Bins around the price that probability is spread over. */
export interface ScoredRange {
  readonly below: number
  readonly above: number
}

/** Share of either distribution that is spread evenly, so that no liquidation is impossible. */
const EVEN_SHARE = 0.001

/** Every bin alike. */
export const uniformBaseline: Baseline = () => 1

/** A double exponential around the price, as wide as `widthAtr` ATR; every bin alike while volatility is unknown. */
export const laplaceBaseline =
  (widthAtr: number): Baseline =>
  (outlook, _side, bin) =>
    outlook.atrBins > 0 ? Math.exp(-Math.abs(bin - outlook.spotBin) / (widthAtr * outlook.atrBins)) : 1

/** The usual projection from the current price: leverage L puts its share at price · (1 ∓ 1/L). */
export function projectionBaseline(shares: Readonly<Record<string, number>>, binWidth: number): Baseline {
  const offsets = { long: new Map<number, number>(), short: new Map<number, number>() }
  for (const [leverage, share] of Object.entries(shares)) {
    for (const side of CLUSTER_SIDES) {
      const factor = side === 'long' ? 1 - 1 / Number(leverage) : 1 + 1 / Number(leverage)
      const offset = Math.floor(Math.log(factor) / binWidth)
      offsets[side].set(offset, (offsets[side].get(offset) ?? 0) + share)
    }
  }
  return (outlook, side, bin) => offsets[side].get(bin - outlook.spotBin) ?? 0
}

/**
 * Mean of log2(p_map / p_baseline) over the liquidations within the horizon, in bits: above 0, the map says better than
 * the baseline where they happen. Both are normalised over the bins of the liquidated side within `range`.
 */
export function logScore(
  outlooks: readonly Outlook[],
  baseline: Baseline,
  range: ScoredRange,
  draws: number,
  random: Random,
): Estimate {
  const sums = createDaySums(2)
  for (const outlook of outlooks) {
    const row = sums.row(outlook.day)
    for (const side of CLUSTER_SIDES) {
      const first = side === 'long' ? outlook.spotBin - range.below : outlook.spotBin + 1
      const last = side === 'long' ? outlook.spotBin - 1 : outlook.spotBin + range.above
      let mass = 0
      let weight = 0
      for (let bin = first; bin <= last; bin++) {
        mass += figureAt(outlook[side], 'predicted', bin)
        weight += baseline(outlook, side, bin)
      }
      const even = 1 / (last - first + 1)
      // Where one of them says nothing at all, it says: anywhere.
      const probability = (part: number, whole: number): number =>
        whole > 0 ? (1 - EVEN_SHARE) * (part / whole) + EVEN_SHARE * even : even
      for (let bin = first; bin <= last; bin++) {
        const events = figureAt(outlook[side], 'events', bin)
        if (events === 0) continue
        const map = probability(figureAt(outlook[side], 'predicted', bin), mass)
        const rival = probability(baseline(outlook, side, bin), weight)
        row[0] = row[0]! + events * Math.log2(map / rival)
        row[1] = row[1]! + events
      }
    }
  }
  return estimate(sums, (s) => s[0]! / s[1]!, draws, random)
}
