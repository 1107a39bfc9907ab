import { describe, expect, it } from 'vitest'
import type { HeatmapHealth, LevelSnapshot } from '../../../src/domain/cluster.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import {
  anchoringRefusal,
  createFeedHealth,
  type FeedHealth,
  type FeedHealthOptions,
} from '../../../src/heatmap/feed-health.ts'
import { level, snapshot } from './build.ts'

const PRICE = 100
const options: FeedHealthOptions = {
  staleAfterMs: 15_000,
  frozenAfterPolls: 6,
  frozenPriceMoveRatio: 5e-4,
  sizesFrozenAfterMs: 120_000,
  priceCollarRatio: 5e-3,
  recoverySnapshots: 3,
  warmingLimitMs: 120_000,
  assertAbsolute: true,
}

const levels = Array.from({ length: 10 }, (_, i) => level('long', 80 + i, 80 + i))
/** A provider's snapshot; its price wanders a little, so that nothing looks frozen. */
const wire = (at: number, rest: Partial<LevelSnapshot> = {}): LevelSnapshot =>
  snapshot(levels, at, { sha256: 'ab', referencePrice: PRICE + (at % 7) * 1e-3, ...rest })

const healthAt = (feed: FeedHealth, at: number): HeatmapHealth => feed.health(epochMs(at))
const give = (feed: FeedHealth, s: LevelSnapshot, price = PRICE): string => {
  const verdict = feed.onSnapshot(s, price, s.receivedAt)
  return verdict.accepted ? 'accepted' : verdict.reason.message
}
function healthy(rest: Partial<FeedHealthOptions> = {}): FeedHealth {
  const feed = createFeedHealth({ ...options, ...rest })
  give(feed, wire(0))
  return feed
}

describe('warming', () => {
  it('lasts until the first good snapshot', () => {
    const feed = createFeedHealth(options)
    expect(healthAt(feed, 0)).toBe('WARMING')
    expect(give(feed, wire(1_000, { levels: [] }))).toBe('the heatmap is empty')
    expect(healthAt(feed, 1_000)).toBe('WARMING')
    expect(feed.refusals(epochMs(1_000))).toMatchObject([{ code: 'HEATMAP_WARMING' }])
    expect(give(feed, wire(2_000))).toBe('accepted')
    expect(healthAt(feed, 2_000)).toBe('HEALTHY')
    expect(feed.refusals(epochMs(2_000))).toEqual([])
  })

  it('is unavailability after 120 s, and then needs a recovery', () => {
    const feed = createFeedHealth(options)
    feed.onPrice(PRICE, epochMs(0))
    expect(healthAt(feed, 120_000)).toBe('WARMING')
    expect(healthAt(feed, 120_001)).toBe('UNAVAILABLE')
    expect(feed.refusals(epochMs(120_001))).toMatchObject([{ code: 'HEATMAP_UNHEALTHY' }])
    give(feed, wire(121_000))
    expect(healthAt(feed, 121_000)).toBe('DEGRADED')
  })

  it('may last for ever for a source that says nothing while it warms up', () => {
    const feed = createFeedHealth({ ...options, warmingLimitMs: Number.POSITIVE_INFINITY })
    feed.onPrice(PRICE, epochMs(0))
    expect(healthAt(feed, 1e12)).toBe('WARMING')
  })
})

describe('age', () => {
  it('beyond the limit is stale, and says so with its figures', () => {
    const feed = healthy()
    expect(healthAt(feed, 15_000)).toBe('HEALTHY')
    expect(healthAt(feed, 15_001)).toBe('STALE')
    expect(feed.refusals(epochMs(214_000))).toEqual([
      {
        code: 'HEATMAP_STALE',
        message: 'heatmap 214 s old, limit 15 s',
        figures: { age_ms: 214_000, limit_ms: 15_000 },
      },
    ])
  })

  it('is measured by the source’s own rhythm where that is slower', () => {
    const feed = createFeedHealth(options)
    give(feed, wire(0, { intervalMs: 60_000, lagMs: 30_000 }))
    expect(healthAt(feed, 120_000)).toBe('HEALTHY')
    expect(healthAt(feed, 120_001)).toBe('STALE')
  })

  it('needs three good snapshots in a row to recover from', () => {
    const feed = healthy()
    const states = [20_000, 25_000, 30_000].map((at) => {
      expect(give(feed, wire(at))).toBe('accepted')
      return healthAt(feed, at)
    })
    expect(states).toEqual(['DEGRADED', 'DEGRADED', 'HEALTHY'])
  })

  it('of a snapshot that arrives too late refuses it', () => {
    const feed = healthy()
    expect(feed.onSnapshot(wire(4_000), PRICE, epochMs(19_001))).toMatchObject({
      accepted: false,
      reason: { code: 'HEATMAP_STALE' },
    })
  })

  it('never goes backwards or into the future', () => {
    const feed = healthy()
    give(feed, wire(5_000))
    expect(give(feed, wire(4_000))).toBe('heatmap 1000 ms older than the last one')
    expect(feed.onSnapshot(wire(7_000), PRICE, epochMs(6_999))).toMatchObject({
      accepted: false,
      reason: { message: 'heatmap dated 1 ms in the future' },
    })
  })
})

describe('failed polls', () => {
  it('degrade a healthy feed; a good snapshot between two failures does not help', () => {
    const feed = healthy()
    feed.onFailure('transient', epochMs(1_000))
    expect(healthAt(feed, 1_000)).toBe('DEGRADED')
    expect(feed.refusals(epochMs(1_000))[0]?.message).toBe(
      'heatmap degraded, 3 more good of 3 needed: the last poll failed',
    )
    give(feed, wire(2_000))
    give(feed, wire(3_000))
    feed.onFailure('transient', epochMs(4_000))
    expect([5_000, 6_000, 7_000].map((at) => (give(feed, wire(at)), healthAt(feed, at)))).toEqual([
      'DEGRADED',
      'DEGRADED',
      'HEALTHY',
    ])
  })

  it('that are permanent make it unavailable until it is back', () => {
    const feed = healthy()
    feed.onFailure('permanent', epochMs(1_000))
    expect(healthAt(feed, 1_000)).toBe('UNAVAILABLE')
    expect([2_000, 3_000, 4_000].map((at) => (give(feed, wire(at)), healthAt(feed, at)))).toEqual([
      'DEGRADED',
      'DEGRADED',
      'HEALTHY',
    ])
  })
})

describe('the provider’s price', () => {
  it.each([
    [100.5, 'accepted'],
    [99.5, 'accepted'],
    [100.51, 'the heatmap’s price 100.51 is 0.51 % away from ours (100), limit 0.50 %'],
    [99.49, 'the heatmap’s price 99.49 is 0.51 % away from ours (100), limit 0.50 %'],
  ])('of %d', (referencePrice, expected) => {
    const feed = createFeedHealth({ ...options, priceCollarRatio: 0.005000001 })
    expect(give(feed, wire(0, { referencePrice }))).toBe(expected)
  })

  it('cannot be trusted without ours', () => {
    expect(give(createFeedHealth(options), wire(0), Number.NaN)).toBe('no own price to check the heatmap’s against')
  })

  it('is not asked of our own model', () => {
    expect(give(createFeedHealth(options), snapshot(levels, 0), Number.NaN)).toBe('accepted')
  })
})

describe('a frozen feed', () => {
  /** Six polls with the same provider price while ours goes to `own`. */
  const poll = (feed: FeedHealth, polls: number, own: number): readonly string[] =>
    Array.from({ length: polls }, (_, i) => {
      feed.onPrice(i === 0 ? PRICE : own, epochMs(i * 5_000))
      give(
        feed,
        wire(i * 5_000, { referencePrice: PRICE, levels: levels.map((l) => ({ ...l, notionalUsd: 1e6 + i })) }),
        i === 0 ? PRICE : own,
      )
      return healthAt(feed, i * 5_000)
    })

  it('repeats its price over six polls while ours moves five basis points', () => {
    expect(poll(createFeedHealth(options), 6, 100.06).slice(-2)).toEqual(['HEALTHY', 'FROZEN'])
  })

  it('is not one whose price stands still with ours', () => {
    expect(poll(createFeedHealth(options), 20, 100.04).at(-1)).toBe('HEALTHY')
  })

  it('says so, and recovers over three good snapshots', () => {
    const feed = createFeedHealth(options)
    poll(feed, 6, 100.06)
    expect(feed.refusals(epochMs(25_000))).toMatchObject([
      { code: 'HEATMAP_FROZEN', message: 'the heatmap’s price stood still over 6 polls while ours moved 6.0 bp' },
    ])
    const after = [30_000, 35_000, 40_000].map(
      (at) => (give(feed, wire(at, { referencePrice: 100.06 + at / 1e7 }), 100.06), healthAt(feed, at)),
    )
    expect(after).toEqual(['DEGRADED', 'DEGRADED', 'HEALTHY'])
  })

  it('recovers like that even if only a price between two polls showed it', () => {
    const feed = createFeedHealth(options)
    poll(feed, 6, 100)
    feed.onPrice(100.06, epochMs(27_000))
    expect(healthAt(feed, 27_000)).toBe('FROZEN')
    give(feed, wire(30_000, { referencePrice: 100.06 }), 100.06)
    expect(healthAt(feed, 30_000)).toBe('DEGRADED')
  })

  it.each([
    [119_999, 'accepted'],
    [120_000, 'the heatmap’s sizes have been the same for 120 s, limit 120 s'],
  ])('has the same sizes after %d ms', (at, expected) => {
    const feed = healthy({ staleAfterMs: 1e9 })
    expect(give(feed, wire(at))).toBe(expected)
    if (expected !== 'accepted') expect(healthAt(feed, at)).toBe('FROZEN')
  })

  it('is not one with other sizes, another ratio, or none at all', () => {
    const ratio = (value: number) => ({
      asOf: epochMs(0),
      totalUsd: 1,
      longUsd: null,
      shortUsd: null,
      ratio: value,
      ratioKind: 'unknown' as const,
    })
    const sizes = healthy({ staleAfterMs: 1e9 })
    expect(give(sizes, wire(120_000, { levels: levels.map((l, i) => (i === 3 ? { ...l, notionalUsd: 7 } : l)) }))).toBe(
      'accepted',
    )
    const ratios = createFeedHealth({ ...options, staleAfterMs: 1e9 })
    give(ratios, wire(0, { openInterest: ratio(1.1) }))
    expect(give(ratios, wire(120_000, { openInterest: ratio(1.2) }))).toBe('accepted')
    const unsized = createFeedHealth({ ...options, staleAfterMs: 1e9 })
    const bare = levels.map((l) => ({ ...l, notionalUsd: null }))
    give(unsized, wire(0, { levels: bare }))
    expect(give(unsized, wire(120_000, { levels: bare }))).toBe('accepted')
  })
})

describe('a collapse of the cluster count', () => {
  it('is held back until it was seen three times', () => {
    const feed = healthy()
    const one = { levels: levels.slice(0, 1) }
    expect([1_000, 2_000, 3_000].map((at) => give(feed, wire(at, one)))).toEqual([
      'clusters fell from 10 to 1 at once, seen 1 of 3 times',
      'clusters fell from 10 to 1 at once, seen 2 of 3 times',
      'accepted',
    ])
    expect(give(feed, wire(4_000, one))).toBe('accepted')
  })

  it('starts anew when the clusters are back in between', () => {
    const feed = healthy()
    give(feed, wire(1_000, { levels: levels.slice(0, 1) }))
    give(feed, wire(2_000))
    expect(give(feed, wire(3_000, { levels: levels.slice(0, 1) }))).toContain('seen 1 of 3')
  })

  it('is none by exactly 80 %', () => {
    expect(give(healthy(), wire(1_000, { levels: levels.slice(0, 2) }))).toBe('accepted')
  })

  it('does not concern our own model', () => {
    const feed = createFeedHealth(options)
    give(feed, snapshot(levels, 0))
    expect(give(feed, snapshot([], 1_000))).toBe('accepted')
  })
})

describe('anchoring', () => {
  const projections = (price: number) =>
    [50, 25].map((leverage) => level('long', price * (1 - 1 / leverage), price * (1 - 1 / leverage), { leverage }))

  it('is found from what the provider sends', () => {
    const feed = createFeedHealth(options)
    give(feed, wire(0, { referencePrice: 100, levels: projections(100) }))
    expect(feed.anchoring).toBe('spot_anchored')
    expect(anchoringRefusal(feed.anchoring)?.code).toBe('SPOT_ANCHORED')
  })

  it('is taken from the door, which saw the levels that it left out, and stays', () => {
    for (const assertAbsolute of [true, false]) {
      const feed = healthy({ assertAbsolute })
      const merged = [{ code: 'MERGED_SIDES', count: 8 }] as const
      give(feed, wire(5_000, { levels: levels.slice(0, 2), quarantined: merged }))
      expect(feed.anchoring).toBe('spot_anchored')
      give(feed, wire(10_000))
      expect(feed.anchoring).toBe('spot_anchored')
    }
  })

  it('is what the operator asserts as long as nothing speaks against it', () => {
    expect(anchoringRefusal(healthy().anchoring)).toBeNull()
    expect(anchoringRefusal(healthy({ assertAbsolute: false }).anchoring)?.code).toBe('ANCHORING_UNDETERMINED')
  })

  it('is never looked for in our own model', () => {
    const feed = createFeedHealth(options)
    give(feed, snapshot(projections(100), 0))
    expect(feed.anchoring).toBe('absolute')
  })
})
