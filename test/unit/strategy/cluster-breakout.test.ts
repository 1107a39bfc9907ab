import { describe, expect, it } from 'vitest'
import type { Cluster, ClusterTransition } from '../../../src/domain/cluster.ts'
import type { MarketView } from '../../../src/domain/market-view.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { createClusterBreakout } from '../../../src/strategy/cluster-breakout.ts'
import { NO_CANDIDATES } from '../../../src/strategy/strategy.ts'
import { codes, configFrom, falling, freeOfCost, HOUR, marketView, NOON, rising, transition, zone } from './scene.ts'

const breakout = createClusterBreakout(configFrom(freeOfCost))
const atOnce = createClusterBreakout(
  configFrom({
    ...freeOfCost,
    confirmation: { trend: { enabled: false } },
    strategies: { cluster_breakout: { closed_bar: false } },
    target: { ...freeOfCost.target, buffer_atr: 0 },
  }),
)

/** A short zone from 990 to 996 that the price, now at 1000, has gone through. */
const through = (patch: Partial<Cluster> = {}) =>
  zone('short', 993, { priceLow: 990, priceHigh: 996, state: 'broken', active: false, ...patch })
const up = (patch: Partial<MarketView> = {}, change: Partial<ClusterTransition> = {}, cluster: Partial<Cluster> = {}) =>
  breakout.propose(rising({ closeAgo: () => 1_000, broken: [transition(through(cluster), change)], ...patch }))
const refusedFor = (...args: Parameters<typeof up>) => codes(up(...args)[0]!.refusals)

describe('a cluster breakout', () => {
  it('follows a broken short zone LONG, with the stop behind its former near edge and 2 R as the target', () => {
    const [want, ...others] = up()
    expect(others).toEqual([])
    expect(want).toMatchObject({ direction: 'LONG', stop: 987.5, target: 1_025, targetClusterId: null, refusals: [] })
    expect(want!.anchor!.id).toBe('short-993')
  })

  it('follows a broken long zone SHORT', () => {
    const broken = zone('long', 1_007, { priceLow: 1_004, priceHigh: 1_010 })
    const [want] = breakout.propose(falling({ closeAgo: () => 1_000, broken: [transition(broken)] }))
    expect(want).toMatchObject({ direction: 'SHORT', stop: 1_012.5, target: 975, refusals: [] })
  })

  it('is refused where its target would lie below nothing', () => {
    const far = createClusterBreakout(
      configFrom({ ...freeOfCost, strategies: { cluster_breakout: { max_target_r: 100 } } }),
    )
    const broken = zone('long', 1_007, { priceLow: 1_004, priceHigh: 1_010 })
    const [want] = far.propose(falling({ closeAgo: () => 1_000, broken: [transition(broken)] }))
    expect(want).toMatchObject({ direction: 'SHORT', target: -250 })
    expect(codes(want!.refusals)).toEqual(['BAD_GEOMETRY'])
  })

  it('aims at the next zone between 1 R and 2 R', () => {
    const target = (price: number) =>
      atOnce.propose(marketView({ broken: [transition(through())], shortClusters: [zone('short', price)] }))[0]!
    expect(target(1_012.4)).toMatchObject({ target: 1_025, targetClusterId: null })
    expect(target(1_012.5)).toMatchObject({ target: 1_012.5, targetClusterId: 'short-1012.5' })
    expect(target(1_025)).toMatchObject({ target: 1_025, targetClusterId: 'short-1025' })
    expect(target(1_025.1)).toMatchObject({ target: 1_025, targetClusterId: null })
  })

  it('says nothing without a break, nor about a zone outside the universe', () => {
    expect(breakout.propose(rising())).toBe(NO_CANDIDATES)
    expect(up({}, {}, { strength: 0.49 })).toBe(NO_CANDIDATES)
    expect(up({}, {}, { notionalUsd: 499_999 })).toBe(NO_CANDIDATES)
  })

  it.each(['born', 'touched', 'rejected', 'expired', 'stale', 'recovered'] as const)(
    'does not take %s for a break',
    (kind) => {
      expect(up({}, { kind })).toBe(NO_CANDIDATES)
    },
  )
})

describe('the gates of a breakout', () => {
  it('strength and open interest, as before the break', () => {
    expect(refusedFor({}, {}, { strength: 0.5 })).toEqual([])
    expect(refusedFor({}, {}, { strength: null })).toEqual(['WEAK_CLUSTER'])
    expect(refusedFor({}, {}, { notionalUsd: 3_100_000 })).toEqual([])
    expect(refusedFor({}, {}, { notionalUsd: 3_099_999 })).toEqual(['LOW_OPEN_INTEREST'])
  })

  it('age: at most one bar', () => {
    expect(refusedFor({}, { time: epochMs(NOON - HOUR) })).toEqual([])
    expect(refusedFor({}, { time: epochMs(NOON - HOUR - 1) })).toEqual(['STALE_BREAK'])
  })

  it('seen with our own eyes', () => {
    expect(refusedFor({}, { observed: false })).toEqual(['STALE_BREAK'])
  })

  it('a bar closed beyond the far edge', () => {
    expect(refusedFor({ closeAgo: (n) => (n === 0 ? 996.1 : 900) })).toEqual([])
    expect(refusedFor({ closeAgo: () => 996 })).toEqual(['NOT_CONFIRMED'])
    expect(refusedFor({ closeAgo: () => Number.NaN })).toEqual(['NOT_CONFIRMED'])
    const broken = zone('long', 1_007, { priceLow: 1_004, priceHigh: 1_010 })
    const down = (close: number) =>
      codes(breakout.propose(falling({ closeAgo: () => close, broken: [transition(broken)] }))[0]!.refusals)
    expect(down(1_003.9)).toEqual([])
    expect(down(1_004)).toEqual(['NOT_CONFIRMED'])
  })

  it('is judged when a bar closes and not before, unless no closed bar is asked', () => {
    expect(up({ occasion: 'break' })).toBe(NO_CANDIDATES)
    expect(up({ occasion: 'snapshot' })).toBe(NO_CANDIDATES)
    const view = marketView({ occasion: 'break', broken: [transition(through())], closeAgo: () => 900 })
    expect(atOnce.propose(view)[0]!.refusals).toEqual([])
  })
})

describe('several breaks at once', () => {
  it('follow the strongest', () => {
    const broken = [transition(through({ id: 'a', strength: 0.7 })), transition(through({ id: 'b', strength: 0.9 }))]
    expect(atOnce.propose(marketView({ broken }))[0]!.anchor!.id).toBe('b')
  })

  it('follow one direction', () => {
    const down = zone('long', 1_007, { priceLow: 1_004, priceHigh: 1_010, strength: 0.7 })
    const wants = atOnce.propose(marketView({ broken: [transition(through()), transition(down)] }))
    expect(wants.map((c) => [c.direction, codes(c.refusals)])).toEqual([
      ['LONG', []],
      ['SHORT', ['LOWER_PRIORITY']],
    ])
  })
})
