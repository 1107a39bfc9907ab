import type { EpochMs } from '../../domain/unit.ts'
import type { Overlaps } from './overlap.ts'
import type { Track } from './track.ts'

const NO_PARENTS: readonly string[] = []

/** A list of so many times one number. */
function numbers(length: number, value: number): number[] {
  const list: number[] = []
  for (let i = 0; i < length; i++) list.push(value)
  return list
}

/** Pairs in the order in which they are granted: larger share, then the older zone, then the lower id, then the lower bin. */
function granted(overlaps: Overlaps, tracks: readonly Track[], contested: readonly number[]): readonly number[] {
  const track = (pair: number): Track => tracks[overlaps.previous[pair]!]!
  return contested.toSorted((a, b) => {
    const byShare = overlaps.share[b]! - overlaps.share[a]!
    if (byShare !== 0) return byShare
    const byAge = track(a).born - track(b).born
    if (byAge !== 0) return byAge
    const byId = track(a).id < track(b).id ? -1 : track(a).id > track(b).id ? 1 : 0
    return byId || overlaps.present[a]! - overlaps.present[b]!
  })
}

/**
 * Carries identities from earlier zones to present ones: each to the zone it shares most with, one to one; the rest are
 * born. A zone with more than one ancestor, or born out of one, names them.
 * @param birth the id of a zone born now
 */
export function assignTracks(
  overlaps: Overlaps,
  previous: readonly Track[],
  presentCount: number,
  time: EpochMs,
  birth: (zone: number) => string,
): Track[] {
  const heirs = numbers(previous.length, 0)
  const ancestors = numbers(presentCount, 0)
  for (let pair = 0; pair < overlaps.count; pair++) {
    const i = overlaps.previous[pair]!
    const j = overlaps.present[pair]!
    heirs[i] = heirs[i]! + 1
    ancestors[j] = ancestors[j]! + 1
  }

  const kept = numbers(presentCount, -1)
  const contested: number[] = []
  for (let pair = 0; pair < overlaps.count; pair++) {
    const i = overlaps.previous[pair]!
    const j = overlaps.present[pair]!
    // Nobody else wants either of them: whatever the order, this pair is granted.
    if (heirs[i] === 1 && ancestors[j] === 1) kept[j] = i
    else contested.push(pair)
  }
  if (contested.length > 0) {
    const taken = new Set<number>()
    for (const pair of granted(overlaps, previous, contested)) {
      const i = overlaps.previous[pair]!
      const j = overlaps.present[pair]!
      if (taken.has(i) || kept[j] !== -1) continue
      taken.add(i)
      kept[j] = i
    }
  }

  if (contested.length === 0) return carry(previous, kept, time, birth)
  const parents = new Map<number, string[]>()
  for (const pair of contested) {
    const i = overlaps.previous[pair]!
    const j = overlaps.present[pair]!
    if (kept[j] === i) continue
    const ids = parents.get(j)
    if (ids) ids.push(previous[i]!.id)
    else parents.set(j, [previous[i]!.id])
  }
  return carry(previous, kept, time, birth, parents)
}

/** The tracks of the present zones: carried on where one is kept, born where none is. */
function carry(
  previous: readonly Track[],
  kept: readonly number[],
  time: EpochMs,
  birth: (zone: number) => string,
  parents?: ReadonlyMap<number, readonly string[]>,
): Track[] {
  const tracks: Track[] = []
  for (let j = 0; j < kept.length; j++) {
    const parentIds = parents?.get(j)
    const heir = previous[kept[j]!]
    if (heir && parentIds) heir.parentIds = parentIds
    tracks.push(heir ?? { id: birth(j), born: time, parentIds: parentIds ?? NO_PARENTS, band: -1 })
  }
  return tracks
}
