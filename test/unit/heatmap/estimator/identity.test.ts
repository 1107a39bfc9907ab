import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../../src/domain/unit.ts'
import { createExtract, type Extract } from '../../../../src/heatmap/estimator/extract.ts'
import { assignTracks } from '../../../../src/heatmap/estimator/identity.ts'
import { createOverlaps, findOverlaps } from '../../../../src/heatmap/estimator/overlap.ts'
import type { Track } from '../../../../src/heatmap/estimator/track.ts'

/** Mass from bin 100 on, and zones as [low, high]. */
function extract(mass: readonly number[], zones: readonly (readonly [number, number])[], origin = 100): Extract {
  const made = createExtract(64, 1)
  made.origin = origin
  made.length = mass.length
  made.mass.set(mass)
  made.count = zones.length
  zones.forEach(([low, high], i) => {
    made.low[i] = low
    made.high[i] = high
  })
  return made
}
const track = (id: string, born = 1): Track => ({ id, born: epochMs(born), parentIds: [], band: 2 })

function carry(
  previous: Extract,
  tracks: readonly Track[],
  present: Extract,
): readonly (readonly [string, readonly string[]])[] {
  const overlaps = createOverlaps(34)
  findOverlaps(overlaps, previous, present, 0.5)
  return assignTracks(overlaps, tracks, present.count, epochMs(9), (zone) => `new${zone}`).map((t) => [
    t.id,
    t.parentIds,
  ])
}

describe('identity', () => {
  it('stays with a zone that shares half of the smaller mass, and no less', () => {
    const previous = extract([2, 2, 0, 0], [[100, 101]])
    expect(carry(previous, [track('a')], extract([0, 2, 2, 2], [[101, 103]]))).toEqual([['a', []]])
    expect(carry(previous, [track('a')], extract([0, 1.9, 2, 2], [[101, 103]]))).toEqual([['new0', []]])
  })

  it('compares bins, not indices', () => {
    const previous = extract([1, 5, 1], [[100, 102]])
    const present = extract([9, 9, 1, 5, 1], [[100, 102]], 98)
    expect(carry(previous, [track('a')], present)).toEqual([['a', []]])
    const elsewhere = extract([1, 5, 1], [[110, 112]], 110)
    expect(carry(previous, [track('a')], elsewhere)).toEqual([['new0', []]])
  })

  it('goes to the larger share in a split, and the other names its parent', () => {
    const previous = extract([4, 4, 4, 4], [[100, 103]])
    const present = extract(
      [4, 4, 3, 4],
      [
        [100, 101],
        [102, 103],
      ],
    )
    // Both parts lie within the old zone whole: the same share, so the lower one keeps the identity.
    expect(carry(previous, [track('a')], present)).toEqual([
      ['a', []],
      ['new1', ['a']],
    ])
    const grown = extract(
      [4, 6, 4, 4],
      [
        [100, 101],
        [102, 103],
      ],
    )
    expect(carry(previous, [track('a')], grown)).toEqual([
      ['new0', ['a']],
      ['a', []],
    ])
  })

  it('goes to the older zone in a merger of equal shares, which names the other', () => {
    const previous = extract(
      [4, 4, 4, 4],
      [
        [100, 101],
        [102, 103],
      ],
    )
    const present = extract([4, 4, 4, 4], [[100, 103]])
    expect(carry(previous, [track('young', 5), track('old', 2)], present)).toEqual([['old', ['young']]])
    expect(carry(previous, [track('b', 2), track('a', 2)], present)).toEqual([['a', ['b']]])
  })

  it('keeps band and birth, and starts a new zone without a band', () => {
    const overlaps = createOverlaps(34)
    findOverlaps(
      overlaps,
      extract([4], [[100, 100]]),
      extract(
        [4, 0, 4],
        [
          [100, 100],
          [102, 102],
        ],
      ),
      0.5,
    )
    const tracks = assignTracks(overlaps, [track('a', 3)], 2, epochMs(9), (zone) => `new${zone}`)
    expect(tracks).toEqual([
      { id: 'a', born: 3, parentIds: [], band: 2 },
      { id: 'new1', born: 9, parentIds: [], band: -1 },
    ])
  })

  it('never gives one identity to two zones', () => {
    const previous = extract(
      [5, 5, 5, 5, 5, 5],
      [
        [100, 102],
        [103, 105],
      ],
    )
    const present = extract(
      [5, 5, 5, 5, 5, 5],
      [
        [100, 101],
        [102, 103],
        [104, 105],
      ],
    )
    const ids = carry(previous, [track('a'), track('b')], present).map(([id]) => id)
    expect(ids).toEqual(['a', 'new1', 'b'])
  })
})
