import type { Config } from '../../config/schema.ts'
import type { EpochMs } from '../../domain/unit.ts'
import { ageZones, copyMass, createExtract, type Extract } from './extract.ts'
import { assignTracks } from './identity.ts'
import type { MassMap } from './mass-map.ts'
import { createOverlaps, findOverlaps } from './overlap.ts'
import { createSmoother } from './smoothing.ts'
import { decayFactors, type SideIndex } from './tier-set.ts'
import type { Track } from './track.ts'
import { createZoneFinder } from './zones.ts'

/** The clusters of one side as of the last extraction. */
export interface SideClusters {
  /** Extracts the clusters between `low` and `high`, bins of the side's domain, and carries their identities on. */
  extract(low: number, high: number, sigma: number, time: EpochMs): void
  /** The zones and the mass they were found in. */
  present(): Extract
  /** Identities by zone. */
  tracks(): readonly Track[]
}

type ExtractionConfig = Pick<Config['estimator'], 'prominenceRatio' | 'edgeCutRatio' | 'minOverlapRatio'>

/** @param birth the id of a zone born at a time, with its mode in a bin */
export function createSideClusters(
  map: MassMap,
  side: SideIndex,
  span: number,
  config: ExtractionConfig,
  birth: (side: SideIndex, time: EpochMs, bin: number) => string,
): SideClusters {
  const density = new Float64Array(span)
  const smoother = createSmoother(span)
  const finder = createZoneFinder(span, config.prominenceRatio, config.edgeCutRatio)
  const decay = new Float64Array(map.count)
  let present = createExtract(span, map.count)
  let previous = createExtract(span, map.count)
  const overlaps = createOverlaps(present.low.length)
  let tracks: readonly Track[] = []
  let extractedAt = 0

  return {
    extract(low, high, sigma, time) {
      const aside = previous
      previous = present
      present = aside
      // Beyond the kernel's reach of the outermost mass the density is zero.
      copyMass(present, map, side, low, high, Math.floor(3 * sigma))
      smoother.smooth(present.mass, present.length, sigma, density)
      finder.find(density, present.length)
      const { zones } = finder
      present.count = zones.count
      for (let zone = 0; zone < zones.count; zone++) {
        present.low[zone] = present.origin + zones.low[zone]!
        present.mode[zone] = present.origin + zones.mode[zone]!
        present.high[zone] = present.origin + zones.high[zone]!
      }
      decayFactors(map.tiers, time - extractedAt, decay)
      ageZones(previous, decay)
      findOverlaps(overlaps, previous, present, config.minOverlapRatio)
      const { mode } = present
      tracks = assignTracks(overlaps, tracks, present.count, time, (zone) => birth(side, time, mode[zone]!))
      extractedAt = time
    },
    present: () => present,
    tracks: () => tracks,
  }
}
