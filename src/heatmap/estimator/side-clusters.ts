import type { Config } from '../../config/schema.ts'
import type { EpochMs } from '../../domain/unit.ts'
import { assignTracks } from './identity.ts'
import { highestBin, lowestBin, splitTiers, sumTiers, type MassMap } from './mass-map.ts'
import { createOverlapFinder } from './overlap.ts'
import { createSmoother } from './smoothing.ts'
import { decayFactors, type SideIndex } from './tier-set.ts'
import { createZoneMasses, type Track } from './track.ts'
import { createZoneFinder } from './zones.ts'

/** The clusters of one side as of the last extraction, by index in ascending order of price. */
export interface SideClusters {
  /** Extracts the clusters between `low` and `high`, bins of the side's domain, and carries their identities on. */
  extract(low: number, high: number, sigma: number, time: EpochMs): void
  count(): number
  /** Absolute bins, both edges included. */
  low(cluster: number): number
  mode(cluster: number): number
  high(cluster: number): number
  /** Contracts within the edges, unsmoothed. */
  mass(cluster: number): number
  /** Average over the mass. */
  leverage(cluster: number): number
  track(cluster: number): Track
}

type ExtractionConfig = Pick<Config['estimator'], 'prominenceRatio' | 'edgeCutRatio' | 'minOverlapRatio'>

export function createSideClusters(
  map: MassMap,
  side: SideIndex,
  span: number,
  config: ExtractionConfig,
  birth: (side: SideIndex, time: EpochMs, bin: number) => string,
): SideClusters {
  const tiers = map.tiers.count
  const raw = new Float64Array(span)
  const density = new Float64Array(span)
  const smoother = createSmoother(span)
  const finder = createZoneFinder(span, config.prominenceRatio, config.edgeCutRatio)
  const overlap = createOverlapFinder(span, tiers, config.minOverlapRatio)
  const decay = new Float64Array(tiers)
  const mass = new Float64Array(span)
  const leverage = new Float64Array(span)
  let present = createZoneMasses(span, tiers)
  let previous = createZoneMasses(span, tiers)
  let tracks: Track[] = []
  let extractedAt = 0

  /** Copies the zones found in the histogram that starts at bin `origin`, with their mass by tier. */
  function take(origin: number): void {
    const { zones } = finder
    let at = 0
    for (let zone = 0; zone < zones.count; zone++) {
      const low = origin + zones.low[zone]!
      const high = origin + zones.high[zone]!
      present.low[zone] = low
      present.mode[zone] = origin + zones.mode[zone]!
      present.high[zone] = high
      splitTiers(map, side, low, high, present.byTier, at)
      const end = at + (high - low + 1) * tiers
      let whole = 0
      let weighted = 0
      while (at < end) {
        for (let tier = 0; tier < tiers; tier++) {
          const contracts = present.byTier[at++]!
          whole += contracts
          weighted += contracts * map.tiers.leverage[tier]!
        }
      }
      mass[zone] = whole
      leverage[zone] = weighted / whole
    }
    present.count = zones.count
  }

  return {
    extract(low, high, sigma, time) {
      // Beyond the kernel's reach of the outermost mass the density is zero.
      const reach = Math.floor(3 * sigma)
      const from = Math.max(low, lowestBin(map, side) - reach)
      const to = Math.min(high, highestBin(map, side) + reach)
      const length = Math.max(0, to - from + 1)
      if (length > 0) sumTiers(map, side, from, to, raw)
      smoother.smooth(raw, length, sigma, density)
      finder.find(density, length)

      const aside = previous
      previous = present
      present = aside
      take(from)
      decayFactors(map.tiers, time - extractedAt, decay)
      overlap.find(previous, decay, present)
      const { mode } = present
      tracks = assignTracks(overlap.overlaps, tracks, present.count, time, (zone) => birth(side, time, mode[zone]!))
      extractedAt = time
    },
    count: () => present.count,
    low: (cluster) => present.low[cluster]!,
    mode: (cluster) => present.mode[cluster]!,
    high: (cluster) => present.high[cluster]!,
    mass: (cluster) => mass[cluster]!,
    leverage: (cluster) => leverage[cluster]!,
    track: (cluster) => tracks[cluster]!,
  }
}
