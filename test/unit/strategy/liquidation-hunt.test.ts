import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../src/domain/cluster.ts'
import type { MarketView } from '../../../src/domain/market-view.ts'
import { createLiquidationHunt } from '../../../src/strategy/liquidation-hunt.ts'
import { NO_CANDIDATES } from '../../../src/strategy/strategy.ts'
import { codes, configFrom, falling, freeOfCost, marketView, openInterest, rising, zone } from './scene.ts'

const hunt = createLiquidationHunt(configFrom(freeOfCost))
/** No extras: the bare rule of the document. */
const bare = createLiquidationHunt(
  configFrom({
    ...freeOfCost,
    strategies: {
      liquidation_hunt: {
        max_distance_atr: null,
        min_distance_pct: 0,
        approach_bars: 0,
        with_trend: false,
        untouched: false,
      },
    },
    confirmation: { trend: { enabled: false } },
  }),
)

const above = (patch: Partial<Cluster> = {}, view: Partial<MarketView> = {}) =>
  hunt.propose(rising({ shortClusters: [zone('short', 1_015, patch)], ...view }))
const refusedFor = (patch: Partial<Cluster> = {}, view: Partial<MarketView> = {}) =>
  codes(above(patch, view)[0]!.refusals)

describe('a liquidation hunt', () => {
  it('is looked for when a bar closes or a map comes, not at the price at which another zone breaks', () => {
    expect(above({}, { occasion: 'snapshot' })).toHaveLength(1)
    expect(above({}, { occasion: 'break' })).toBe(NO_CANDIDATES)
  })

  it('goes LONG for a short zone above, with the zone as its target', () => {
    const [want, ...others] = above()
    expect(others).toEqual([])
    expect(want).toMatchObject({
      strategy: 'liquidation_hunt',
      direction: 'LONG',
      entry: 1_000,
      stop: 990,
      target: 1_014.5,
      targetClusterId: 'short-1015',
      confidence: 0.8,
      grossRiskReward: 1.45,
      refusals: [],
      flags: ['confidence_is_strength', 'stop_at_atr'],
      reason: 'hunts the very strong short-liquidation zone at 1,015 (strength 0.80, $20M), 1.50 % away',
    })
    expect(want!.anchor).toEqual({
      id: 'short-1015',
      side: 'short',
      priceLow: 1_015,
      priceMode: 1_015,
      priceHigh: 1_015,
      strength: 0.8,
      notionalUsd: 20_000_000,
      mass: 200,
      distanceRatio: 0.015,
    })
  })

  it('goes SHORT for a long zone below', () => {
    const [want] = hunt.propose(falling({ longClusters: [zone('long', 985)] }))
    expect(want).toMatchObject({ direction: 'SHORT', stop: 1_010, target: 985.5, refusals: [] })
  })

  it('says nothing where nothing is near, and makes no list for it', () => {
    expect(hunt.propose(marketView())).toBe(NO_CANDIDATES)
    expect(above({ priceLow: 1_030, priceMode: 1_030, priceHigh: 1_030 })).toBe(NO_CANDIDATES)
    expect(above({ strength: 0.49 })).toBe(NO_CANDIDATES)
    expect(above({ notionalUsd: 499_999 })).toBe(NO_CANDIDATES)
  })

  it('names the universe by its bounds', () => {
    expect(above({ priceLow: 1_029.9, priceMode: 1_029.9, priceHigh: 1_029.9 })).toHaveLength(1)
    expect(above({ strength: 0.5 })).toHaveLength(1)
    expect(above({ notionalUsd: 500_000 })).toHaveLength(1)
  })
})

describe('the gates of a hunt', () => {
  it('strength: at least 0.6, and known', () => {
    expect(refusedFor({ strength: 0.6 })).toEqual([])
    expect(refusedFor({ strength: 0.59 })).toEqual(['WEAK_CLUSTER'])
    expect(refusedFor({ strength: null })).toEqual(['WEAK_CLUSTER'])
    expect(above({ strength: null })[0]!.anchor!.strength).toBe(0)
  })

  it('distance: less than 2 %, to the near edge', () => {
    expect(refusedFor({ priceLow: 1_019.9, priceMode: 1_025, priceHigh: 1_030 })).toEqual([])
    expect(refusedFor({ priceLow: 1_020, priceMode: 1_025, priceHigh: 1_030 })).toEqual(['TOO_FAR'])
  })

  it('distance: at most 3 ATR', () => {
    expect(refusedFor({}, { atr: 5 })).toEqual([])
    expect(refusedFor({}, { atr: 4.99 })).toEqual(['TOO_FAR'])
  })

  it('distance: at least 0.45 %', () => {
    const at = (price: number) => refusedFor({ priceLow: price, priceMode: price, priceHigh: price })
    expect(at(1_004.51)).toEqual([])
    expect(at(1_004.49)).toEqual(['TOO_NEAR'])
  })

  it('distance: exactly the least one is enough', () => {
    const half = createLiquidationHunt(
      configFrom({ ...freeOfCost, strategies: { liquidation_hunt: { min_distance_pct: 0.5 } } }),
    )
    const at = (price: number) => codes(half.propose(rising({ shortClusters: [zone('short', price)] }))[0]!.refusals)
    expect(at(1_005)).toEqual([])
    expect(at(1_004.9)).toEqual(['TOO_NEAR'])
  })

  it('open interest: 0.05 % of the symbol’s', () => {
    const total = openInterest({ totalUsd: 6_200_000_000 })
    expect(refusedFor({ notionalUsd: 3_100_000 }, { openInterest: total })).toEqual([])
    expect(refusedFor({ notionalUsd: 3_099_999 }, { openInterest: total })).toEqual(['LOW_OPEN_INTEREST'])
    expect(refusedFor({ notionalUsd: null }, { openInterest: total })).toEqual(['LOW_OPEN_INTEREST'])
    expect(refusedFor({}, { openInterest: null })).toEqual(['LOW_OPEN_INTEREST'])
  })

  it('open interest: a fixed amount, or none at all', () => {
    const own = (gate: object, universe: object = {}) =>
      createLiquidationHunt(
        configFrom({
          ...freeOfCost,
          heatmap: universe,
          strategies: { liquidation_hunt: { min_open_interest_pct: null, ...gate } },
        }),
      )
    const ask = (strategy: typeof hunt, notionalUsd: number | null) =>
      codes(
        strategy.propose(rising({ openInterest: null, shortClusters: [zone('short', 1_015, { notionalUsd })] }))[0]!
          .refusals,
      )
    expect(ask(own({ min_open_interest_usd: 2_000_000 }), 2_000_000)).toEqual([])
    expect(ask(own({ min_open_interest_usd: 2_000_000 }), 1_999_999)).toEqual(['LOW_OPEN_INTEREST'])
    expect(ask(own({}), null)).toEqual(['LOW_OPEN_INTEREST'])
    expect(ask(own({}, { min_open_interest_usd: 0 }), null)).toEqual([])
  })

  it('a zone that was touched belongs to support and resistance', () => {
    expect(refusedFor({ state: 'touched' })).toEqual(['CLUSTER_TOUCHED'])
    expect(refusedFor({ touchCount: 1 })).toEqual(['CLUSTER_TOUCHED'])
  })

  it('the price stands on the trade’s side of the slow average', () => {
    expect(refusedFor({}, { emaSlow: 999.9, emaFast: 1_001 })).toEqual([])
    expect(refusedFor({}, { emaSlow: 1_000, emaFast: 1_001 })).toEqual(['AGAINST_TREND'])
    expect(refusedFor({}, { emaSlow: Number.NaN })).toEqual(['NOT_CONFIRMED', 'NOT_CONFIRMED'])
    const short = hunt.propose(falling({ emaSlow: 1_000, emaFast: 999, longClusters: [zone('long', 985)] }))
    expect(codes(short[0]!.refusals)).toEqual(['AGAINST_TREND'])
  })

  it('the price is nearer than three bars ago', () => {
    expect(refusedFor({}, { closeAgo: (n) => (n === 3 ? 999.9 : 1_010) })).toEqual([])
    expect(refusedFor({}, { closeAgo: () => 1_000 })).toEqual(['NOT_APPROACHING'])
    expect(refusedFor({}, { closeAgo: () => Number.NaN })).toEqual(['NOT_APPROACHING'])
  })

  it('the price is not in the zone, even where no distance is asked', () => {
    const inside = marketView({ shortClusters: [zone('short', 1_002, { priceLow: 1_000, state: 'touched' })] })
    expect(codes(bare.propose(inside)[0]!.refusals)).toContain('TOO_NEAR')
  })

  it('are all listed', () => {
    const [want] = hunt.propose(
      falling({
        atr: Number.NaN,
        rsi: 90,
        shortClusters: [zone('short', 1_002, { strength: 0.5, notionalUsd: 600_000, touchCount: 2 })],
        closeAgo: () => 1_000,
      }),
    )
    expect(codes(want!.refusals)).toEqual([
      'WEAK_CLUSTER',
      'TOO_NEAR',
      'LOW_OPEN_INTEREST',
      'CLUSTER_TOUCHED',
      'AGAINST_TREND',
      'NOT_APPROACHING',
      'NO_ATR',
      'AGAINST_TREND',
      'RSI_EXTREME',
      'NOT_CONFIRMED',
    ])
    expect(want!.stop).toBeNaN()
    expect(want!.netRiskReward).toBeNaN()
  })

  it('cannot measure in ATR what has none, where stops do without one', () => {
    const lenient = createLiquidationHunt(configFrom({ ...freeOfCost, stop: { no_atr_buffer_pct: 0.05 } }))
    const view = rising({ atr: Number.NaN, shortClusters: [zone('short', 1_015)], longClusters: [zone('long', 990)] })
    expect(codes(lenient.propose(view)[0]!.refusals)).toContain('NO_ATR')
  })
})

describe('cost gates', () => {
  it('refuse what does not pay for its way, with the figures', () => {
    const costly = createLiquidationHunt(configFrom({}))
    const [want] = costly.propose(rising({ shortClusters: [zone('short', 1_005)] }))
    // Target 1004.5: 4.5 − 0.7009 against 10 + 0.5 + 0.495 + 1.
    expect(want!.netRiskReward).toBeCloseTo((4.5 - 0.7009) / 11.995, 10)
    expect(want!.costRatio).toBeCloseTo(1.995 / 11.995, 10)
    expect(want!.refusals.map((r) => r.message)).toEqual([
      'net reward/risk 0.32, at least 1 asked',
      'costs are 16.63 % of the loss at the stop, at most 15.00 %',
    ])
  })

  it('let their exact limits pass', () => {
    const view = rising({ shortClusters: [zone('short', 1_010.5)] })
    const none = { ...freeOfCost.simulation }
    const strict = (target: object) =>
      codes(createLiquidationHunt(configFrom({ simulation: none, target })).propose(view)[0]!.refusals)
    // Free but for the slippage of the stop: 10 against 10 + 1.
    expect(strict({ min_net_risk_reward: 10 / 11, max_cost_ratio: 1 / 11 })).toEqual([])
    expect(strict({ min_net_risk_reward: 0.9091, max_cost_ratio: 0.09 })).toEqual(['NET_RISK_REWARD', 'COST_RATIO'])
  })
})

describe('the choice among several zones', () => {
  const both = (short: Partial<Cluster>, long: Partial<Cluster>, shortPrice = 1_010, longPrice = 990) =>
    bare.propose(
      marketView({ shortClusters: [zone('short', shortPrice, short)], longClusters: [zone('long', longPrice, long)] }),
    )

  it('takes the strongest of one side, of equal ones the nearer', () => {
    const pick = (...zones: readonly Cluster[]) => bare.propose(marketView({ shortClusters: zones }))[0]!.anchor!.id
    expect(pick(zone('short', 1_008, { strength: 0.7 }), zone('short', 1_012, { strength: 0.71 }))).toBe('short-1012')
    expect(pick(zone('short', 1_008, { strength: 0.7 }), zone('short', 1_012, { strength: 0.7 }))).toBe('short-1008')
  })

  it('prefers what would trade to what is stronger and refused', () => {
    const zones = [zone('short', 1_010, { strength: 0.65 }), zone('short', 1_025, { strength: 0.95 })]
    const [want, ...others] = bare.propose(marketView({ shortClusters: zones }))
    expect(want).toMatchObject({ anchor: { id: 'short-1010' }, refusals: [] })
    expect(others).toEqual([])
  })

  it('wants one direction: the stronger zone, the other is recorded', () => {
    const [long, short] = both({ strength: 0.9 }, { strength: 0.8 })
    expect(long!.refusals).toEqual([])
    expect(codes(short!.refusals)).toEqual(['LOWER_PRIORITY'])
    expect(short!.refusals[0]!.message).toBe(
      'the zone on the other side comes first: 1,010 (strength 0.90, 1.00 % away)',
    )
    expect(both({ strength: 0.8 }, { strength: 0.9 }).map((c) => codes(c.refusals))).toEqual([['LOWER_PRIORITY'], []])
  })

  it('wants the nearer of equally strong ones, and neither where nothing tells them apart', () => {
    expect(both({}, {}, 1_009, 990).map((c) => codes(c.refusals))).toEqual([[], ['LOWER_PRIORITY']])
    expect(both({}, {}).map((c) => codes(c.refusals))).toEqual([['EQUIDISTANT'], ['EQUIDISTANT']])
  })

  it('does not let a refused side stand in the way', () => {
    const [long, short] = both({ strength: 0.7 }, { strength: 0.55 })
    expect(long!.refusals).toEqual([])
    expect(codes(short!.refusals)).toEqual(['WEAK_CLUSTER'])
  })
})

describe('a feed whose levels follow the price', () => {
  it('is flagged', () => {
    expect(above({}, { anchoring: 'spot_anchored' })[0]!.flags).toContain('spot_anchored')
    expect(above({}, { anchoring: 'undetermined' })[0]!.flags).toContain('anchoring_undetermined')
    expect(above()[0]!.flags).not.toContain('spot_anchored')
  })
})
