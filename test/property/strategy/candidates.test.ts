import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../src/domain/cluster.ts'
import type { MarketView } from '../../../src/domain/market-view.ts'
import { createStrategies } from '../../../src/strategy/registry.ts'
import { configFrom, marketView, transition, zone } from '../../unit/strategy/scene.ts'

/** A zone beside the price of 1000, described as if it lay above it. */
interface Shape {
  readonly distance: number
  readonly width: number
  readonly strength: number
  readonly touched: boolean
}

const shape: fc.Arbitrary<Shape> = fc.record({
  distance: fc.double({ min: 0, max: 35, noNaN: true }),
  width: fc.double({ min: 0, max: 12, noNaN: true }),
  strength: fc.double({ min: 0.2, max: 1, noNaN: true }),
  touched: fc.boolean(),
})

const scene = fc.record({
  above: fc.array(shape, { maxLength: 5 }),
  below: fc.array(shape, { maxLength: 5 }),
  broken: fc.array(shape, { maxLength: 2 }),
  isUpwards: fc.boolean(),
  rejects: fc.boolean(),
  atr: fc.oneof(fc.double({ min: 1.1, max: 40, noNaN: true }), fc.constant(Number.NaN)),
  trend: fc.integer({ min: -1, max: 1 }),
  funding: fc.double({ min: -0.002, max: 0.002, noNaN: true }),
  halfSpreadRatio: fc.double({ min: 0, max: 0.0005, noNaN: true }),
})
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never

/** Zone `s` on the short (+1) or long (−1) side; `flip` moves it behind the price, where broken ones lie. */
function zoneOf(s: Shape, side: 1 | -1, index: number, flip: 1 | -1 = 1): Cluster {
  const near = 1_000 + side * flip * s.distance
  const far = near + side * flip * s.width
  return zone(side === 1 ? 'short' : 'long', (near + far) / 2, {
    id: `${side}-${index}`,
    priceLow: Math.min(near, far),
    priceHigh: Math.max(near, far),
    strength: s.strength,
    state: s.touched ? 'touched' : 'active',
  })
}

const nearestFirst = (shapes: readonly Shape[]): readonly Shape[] => [...shapes].sort((a, b) => a.distance - b.distance)

function viewOf(s: Scene, mirror: 1 | -1): MarketView {
  const highs = nearestFirst(s.above).map((z, i) => zoneOf(z, mirror, i))
  const lows = nearestFirst(s.below).map((z, i) => zoneOf(z, mirror === 1 ? -1 : 1, i))
  const [shortClusters, longClusters] = mirror === 1 ? [highs, lows] : [lows, highs]
  const upwards = (s.isUpwards ? 1 : -1) * mirror
  const broken = s.broken.map((z, i) => transition(zoneOf(z, upwards === 1 ? 1 : -1, 100 + i, -1)))
  const tilt = s.trend * mirror
  return marketView({
    longClusters,
    shortClusters,
    broken,
    rejected: s.rejects ? [...longClusters, ...shortClusters].map((c) => transition(c, { kind: 'rejected' })) : [],
    atr: s.atr,
    emaFast: 1_000 - tilt,
    emaSlow: 1_000 - 2 * tilt,
    closeAgo: (n) => (n === 0 ? 1_000 : 1_000 - 40 * tilt),
    fundingRate: s.funding * mirror,
    halfSpreadRatio: s.halfSpreadRatio,
  })
}

const ungated = { min_net_risk_reward: null, max_cost_ratio: null }
const configs = [
  configFrom({}),
  configFrom({ target: ungated }),
  configFrom({
    strategies: {
      liquidation_hunt: {
        max_distance_atr: null,
        min_distance_pct: 0,
        approach_bars: 0,
        with_trend: false,
        untouched: false,
        protective_atr: null,
        fallback_stop_atr: 1.5,
      },
      support_resistance: { confirmation: 'none' },
      cluster_breakout: { closed_bar: false },
    },
    confirmation: { trend: { enabled: false }, rsi: { enabled: false }, atr: { enabled: false } },
    stop: { max_distance_atr: null, no_atr_buffer_pct: 0.05 },
    target: { ...ungated, buffer_atr: 0, placement: 'at' },
  }),
]
const strategies = configs.map(createStrategies)
const which = fc.constantFrom(...strategies.keys())
const propose = (index: number, view: MarketView) => strategies[index]!.flatMap((s) => s.propose(view))

describe('every candidate that nothing stands against', () => {
  it('has its entry between stop and target, and costs', () => {
    let seen = 0
    fc.assert(
      fc.property(which, scene, (index, s) => {
        for (const c of propose(index, viewOf(s, 1))) {
          if (c.refusals.length > 0) continue
          seen++
          const [low, high] = c.direction === 'LONG' ? [c.stop, c.target] : [c.target, c.stop]
          expect(low).toBeLessThan(c.entry)
          expect(high).toBeGreaterThan(c.entry)
          expect(c.netRiskReward).toBeLessThanOrEqual(c.grossRiskReward)
          expect(c.costRatio).toBeGreaterThan(0)
          expect(c.costRatio).toBeLessThan(1)
        }
      }),
      { numRuns: 400, seed: 7 },
    )
    expect(seen).toBeGreaterThan(100)
  })

  it('has its stop outside every live zone of strength 0.5, at most 3 % away', () => {
    fc.assert(
      fc.property(which, scene, (index, s) => {
        const view = viewOf(s, 1)
        for (const c of propose(index, view)) {
          if (c.refusals.length > 0) continue
          const around = [...view.longClusters, ...view.shortClusters].filter(
            (z) => (z.strength ?? 0) >= 0.5 && z.priceLow <= c.stop && c.stop <= z.priceHigh,
          )
          expect(around).toEqual([])
          expect(Math.abs(c.entry - c.stop)).toBeLessThanOrEqual(30)
        }
      }),
      { numRuns: 400, seed: 8 },
    )
  })
})

describe('a mirrored market', () => {
  it('gives the mirrored candidates, refused for the same reasons', () => {
    fc.assert(
      fc.property(which, scene, (index, s) => {
        // The universe’s 1 % of a level differs above and below it by a hundredth, so zones at that border are left out.
        fc.pre(![...s.above, ...s.below].some((z) => Math.abs(z.distance - 10) < 0.2))
        const flipped = (list: ReturnType<typeof propose>) =>
          list
            .map((c) => ({
              key: `${c.strategy} ${c.direction} ${c.refusals.map((r) => r.code).join()}`,
              stop: Math.abs(c.entry - c.stop),
              target: Math.abs(c.target - c.entry),
            }))
            .sort((a, b) => (a.key < b.key ? -1 : 1))
        const turned = propose(index, viewOf(s, -1)).map(
          (c) => ({ ...c, direction: c.direction === 'LONG' ? 'SHORT' : 'LONG' }) as const,
        )
        const [a, b] = [flipped(propose(index, viewOf(s, 1))), flipped(turned)]
        const loose = (list: typeof a) =>
          list.map((c) => c.key.replace(/NET_RISK_REWARD|COST_RATIO/g, '').replace(/,+$/, ''))
        expect(loose(b)).toEqual(loose(a))
        for (const [i, c] of a.entries()) {
          if (Number.isNaN(c.stop)) continue
          expect(b[i]!.stop).toBeCloseTo(c.stop, 6)
          expect(b[i]!.target).toBeCloseTo(c.target, 6)
        }
      }),
      { numRuns: 300, seed: 9 },
    )
  })

  it('proposes the same twice', () => {
    fc.assert(
      fc.property(which, scene, (index, s) => {
        expect(propose(index, viewOf(s, 1))).toEqual(propose(index, viewOf(s, 1)))
      }),
      { numRuns: 100, seed: 10 },
    )
  })
})
