import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { DoorResult } from '../../src/domain/heatmap-payload.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { createDoor } from '../../src/heatmap/door.ts'

const PRICE = 100
type Raw = Readonly<Record<string, unknown>>

const open = (clusters: readonly unknown[], rest: Raw = {}): DoorResult =>
  createDoor({
    source: 'heatmap-http@1',
    symbol: 'BTCUSDT',
    tick: 0.01,
    intervalMs: 5_000,
    lagMs: 0,
    priceCollarRatio: 0.005,
    assertAbsolute: true,
  }).open(
    {
      payload: { symbol: 'BTCUSDT', currentPrice: PRICE, totalClusters: clusters.length, clusters, ...rest },
      receivedAt: epochMs(0),
      sha256: '',
      openInterest: null,
    },
    { price: PRICE, openInterestUsd: 1e10 },
  )

const cluster = fc
  .record({
    long: fc.boolean(),
    steps: fc.integer({ min: 50, max: 2_000 }),
    strength: fc.double({ min: 0, max: 1, noNaN: true }),
    notional: fc.integer({ min: 1, max: 1e9 }),
    tier: fc.constantFrom(5, 10, 25, 50, 100, null),
  })

  // Two ticks apart at least: neighbours are no duplicates.
  .map(({ long, steps, strength, notional, tier }): Raw => {
    const price = (10_000 + 2 * (long ? -steps : steps)) / 100
    return {
      price_level: price,
      side: long ? 'long' : 'short',
      strength,
      leverage_tier: tier,
      open_interest: notional,
      distance_from_price: Number((Math.abs(price / PRICE - 1) * 100).toFixed(2)),
      liquidation_count: 5,
    }
  })
const clean = fc.uniqueArray(cluster, { minLength: 1, maxLength: 12, selector: (c) => String(c['price_level']) })
const dirty = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: cluster },
    {
      weight: 1,
      arbitrary: fc
        .tuple(cluster, fc.constantFrom('price_level', 'strength', 'side'), fc.constantFrom(-1, 2, null, 'x'))
        .map(([c, key, value]) => ({ ...c, [key]: value })),
    },
  ),
  { maxLength: 12 },
)
const garbage = fc.constantFrom<unknown>(null, 'x', {}, [], true, -1, 0, 1e308, Number.NaN, Number.POSITIVE_INFINITY)
const tradable = (result: DoorResult): number => (result.kind === 'admitted' ? result.snapshot.levels.length : 0)

describe('the door', () => {
  test.prop([dirty, fc.infiniteStream(fc.nat())])('does not care about the order of clusters', (clusters, keys) => {
    const shuffled = clusters
      .map((c) => [keys.next().value ?? 0, c] as const)
      .sort((a, b) => a[0] - b[0])
      .map(([, c]) => c)
    expect(open(shuffled)).toEqual(open(clusters))
  })

  test.prop([clean])('lets everything through that is clean, strengths untouched', (clusters) => {
    const result = open(clusters)
    if (result.kind !== 'admitted') throw new Error(result.message)
    expect(result.snapshot.quarantined).toEqual([])
    const strengths = new Map(clusters.map((c) => [c['price_level'], c['strength']]))
    expect(new Map(result.snapshot.levels.map((l) => [l.priceMode, l.strength]))).toEqual(strengths)
  })

  test.prop([
    clean,
    fc.nat(),
    fc.constantFrom(
      'price_level',
      'side',
      'strength',
      'leverage_tier',
      'open_interest',
      'distance_from_price',
      'total_notional',
      'liquidation_count',
    ),
    garbage,
  ])(
    'never makes more tradable levels out of a corrupted field, and leaves the others as they were',
    (clusters, index, field, value) => {
      const at = index % clusters.length
      const before = open(clusters)
      const after = open(clusters.map((c, i) => (i === at ? { ...c, [field]: value } : c)))
      expect(tradable(after)).toBeLessThanOrEqual(tradable(before))
      if (after.kind !== 'admitted' || before.kind !== 'admitted') return
      const others = clusters.filter((_, i) => i !== at).map((c) => c['price_level'])
      for (const level of after.snapshot.levels) {
        if (!others.includes(level.priceMode)) continue
        expect(before.snapshot.levels).toContainEqual(level)
      }
    },
  )

  test.prop([
    clean,
    fc.constantFrom('symbol', 'totalClusters', 'currentPrice'),
    fc.constantFrom<unknown>('ETHUSDT', -1, 0, 1, null),
  ])('nor out of a corrupted envelope', (clusters, field, value) => {
    if (field === 'symbol' && typeof value !== 'string') return
    if (field !== 'symbol' && typeof value === 'string') return
    expect(tradable(open(clusters, { [field]: value }))).toBeLessThanOrEqual(tradable(open(clusters)))
  })
})
