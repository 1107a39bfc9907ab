import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../src/domain/cluster.ts'
import { createSupportResistance } from '../../../src/strategy/support-resistance.ts'
import { NO_CANDIDATES } from '../../../src/strategy/strategy.ts'
import { codes, configFrom, freeOfCost, marketView, rising, falling, transition, zone } from './scene.ts'

const off = { trend: { enabled: false } }
const plain = createSupportResistance(
  configFrom({
    ...freeOfCost,
    confirmation: off,
    strategies: { support_resistance: { confirmation: 'none' } },
    target: { ...freeOfCost.target, buffer_atr: 0 },
  }),
)
const confirmed = createSupportResistance(configFrom(freeOfCost))

const rejected = (cluster: Cluster, patch = {}) => transition(cluster, { kind: 'rejected', ...patch })

describe('support and resistance', () => {
  it('are looked for when a bar closes or a map comes, not at the price at which another zone breaks', () => {
    const view = { longClusters: [zone('long', 994, { priceLow: 992, priceHigh: 996 })] }
    expect(plain.propose(marketView({ ...view, occasion: 'snapshot' }))).toHaveLength(1)
    expect(plain.propose(marketView({ ...view, occasion: 'break' }))).toBe(NO_CANDIDATES)
  })

  it('buys at support, with the stop behind it and 2 R as the target', () => {
    const [want, ...others] = plain.propose(
      marketView({ longClusters: [zone('long', 994, { priceLow: 992, priceHigh: 996 })] }),
    )
    expect(others).toEqual([])
    expect(want).toMatchObject({
      direction: 'LONG',
      stop: 989.5,
      target: 1_021,
      targetClusterId: null,
      refusals: [],
      confidence: 0.8,
    })
    expect(want!.reason).toBe(
      'support of the very strong long-liquidation zone at 994 (strength 0.80, $20M), 0.40 % away',
    )
  })

  it('sells at resistance', () => {
    const [want] = plain.propose(
      marketView({ shortClusters: [zone('short', 1_006, { priceLow: 1_004, priceHigh: 1_008 })] }),
    )
    expect(want).toMatchObject({ direction: 'SHORT', stop: 1_010.5, target: 979, refusals: [] })
  })

  it('aims at the nearest opposing zone of strength 0.5, at most 2 R away', () => {
    const support = zone('long', 994)
    const target = (...shortClusters: readonly Cluster[]) =>
      plain.propose(marketView({ longClusters: [support], shortClusters }))[0]!
    // R is 1000 − 991.5 = 8.5.
    expect(target(zone('short', 1_015))).toMatchObject({ target: 1_015, targetClusterId: 'short-1015' })
    expect(target(zone('short', 1_012, { strength: 0.49 }), zone('short', 1_016, { strength: 0.5 }))).toMatchObject({
      target: 1_016,
    })
    expect(target(zone('short', 1_017))).toMatchObject({ target: 1_017, targetClusterId: 'short-1017' })
    expect(target(zone('short', 1_017.1))).toMatchObject({ target: 1_017, targetClusterId: null })
  })

  it('is near up to 1 % of the level', () => {
    const at = (price: number) => plain.propose(marketView({ price, longClusters: [zone('long', 1_000)] }))
    expect(at(1_010)).toHaveLength(1)
    expect(at(1_010.1)).toBe(NO_CANDIDATES)
    const short = (price: number) => plain.propose(marketView({ price, shortClusters: [zone('short', 1_000)] }))
    expect(short(990)).toHaveLength(1)
    expect(short(989.9)).toBe(NO_CANDIDATES)
  })

  it('says nothing where no zone is in the universe', () => {
    expect(plain.propose(marketView())).toBe(NO_CANDIDATES)
    expect(plain.propose(marketView({ longClusters: [zone('long', 995, { strength: 0.49 })] }))).toBe(NO_CANDIDATES)
    expect(plain.propose(marketView({ longClusters: [zone('long', 995, { notionalUsd: 499_999 })] }))).toBe(
      NO_CANDIDATES,
    )
  })

  it('looks past a weak zone, and records one of unknown strength when there is no other', () => {
    const weak = zone('long', 998, { strength: null })
    expect(plain.propose(marketView({ longClusters: [weak, zone('long', 994)] }))[0]!.anchor!.id).toBe('long-994')
    expect(codes(plain.propose(marketView({ longClusters: [weak] }))[0]!.refusals)).toEqual(['WEAK_CLUSTER'])
  })

  it('asks for a strength of its own beyond the universe’s', () => {
    const strict = createSupportResistance(
      configFrom({
        ...freeOfCost,
        confirmation: off,
        strategies: { support_resistance: { confirmation: 'none', min_strength: 0.7 } },
      }),
    )
    const at = (...zones: readonly Cluster[]) => strict.propose(marketView({ longClusters: zones }))[0]!
    expect(at(zone('long', 998, { strength: 0.69 }), zone('long', 994, { strength: 0.7 }))).toMatchObject({
      anchor: { id: 'long-994' },
      refusals: [],
    })
    expect(codes(at(zone('long', 998, { strength: 0.69 })).refusals)).toEqual(['WEAK_CLUSTER'])
  })

  it('asks for enough open interest', () => {
    const small = zone('long', 994, { notionalUsd: 3_099_999 })
    expect(codes(plain.propose(marketView({ longClusters: [small] }))[0]!.refusals)).toEqual(['LOW_OPEN_INTEREST'])
  })

  it('lets the nearer decide between both, and neither at equal distance', () => {
    const both = (long: number, short: number) =>
      plain
        .propose(marketView({ longClusters: [zone('long', long)], shortClusters: [zone('short', short)] }))
        .map((c) => codes(c.refusals))
    expect(both(996, 1_005)[1]).toEqual(['LOWER_PRIORITY'])
    expect(both(996, 1_005)[0]).toEqual([])
    expect(both(994, 1_005)).toEqual([['LOWER_PRIORITY'], []])
    expect(both(995, 1_005)).toEqual([['EQUIDISTANT'], ['EQUIDISTANT']])
  })
})

describe('confirmation by rejection', () => {
  const support = zone('long', 994, { touchCount: 1 })

  it('waits until the price has turned at the zone', () => {
    const view = rising({ longClusters: [support] })
    expect(codes(confirmed.propose(view)[0]!.refusals)).toEqual(['NOT_CONFIRMED'])
    const touched = rising({ longClusters: [zone('long', 994, { state: 'touched' })] })
    expect(confirmed.propose(touched)[0]!.refusals[0]!.message).toBe('the price is in the zone and has not left it')
    const turned = confirmed.propose({ ...view, rejected: [rejected(support)] })
    expect(turned).toHaveLength(1)
    expect(turned[0]).toMatchObject({ direction: 'LONG', stop: 991.5, refusals: [] })
  })

  it('mirrors for resistance', () => {
    const resistance = zone('short', 1_006)
    const view = falling({ shortClusters: [resistance], rejected: [rejected(resistance)] })
    expect(confirmed.propose(view)[0]).toMatchObject({ direction: 'SHORT', stop: 1_008.5, refusals: [] })
  })

  it('takes the zone that was rejected, though another is nearer', () => {
    const view = rising({ longClusters: [zone('long', 997), support], rejected: [rejected(support)] })
    expect(confirmed.propose(view)[0]).toMatchObject({ anchor: { id: 'long-994' }, refusals: [] })
  })

  it('takes the nearest of several', () => {
    const lower = zone('long', 992)
    const view = rising({ longClusters: [support, lower], rejected: [rejected(lower), rejected(support)] })
    expect(confirmed.propose(view)[0]!.anchor!.id).toBe('long-994')
  })

  it('records a rejection that the price has left too far behind', () => {
    const far = zone('long', 985)
    const view = rising({ longClusters: [far], rejected: [rejected(far)] })
    expect(codes(confirmed.propose(view)[0]!.refusals)).toEqual(['TOO_FAR'])
  })

  it('forgets a rejection once the price is 3 % away', () => {
    const at = (price: number) => {
      const far = zone('long', price)
      return confirmed.propose(rising({ longClusters: [far], rejected: [rejected(far)] }))
    }
    expect(codes(at(970.1)[0]!.refusals)).toContain('TOO_FAR')
    expect(at(970)).toBe(NO_CANDIDATES)
  })

  it('does not count what was not seen, is gone, or is on the other side', () => {
    const view = (patch: Parameters<typeof rising>[0]) =>
      confirmed.propose(rising({ longClusters: [support], ...patch }))
    expect(codes(view({ rejected: [rejected(support, { observed: false })] })[0]!.refusals)).toEqual(['NOT_CONFIRMED'])
    expect(codes(view({ rejected: [rejected(zone('long', 990))] })[0]!.refusals)).toEqual(['NOT_CONFIRMED'])
    expect(codes(view({ rejected: [rejected(zone('short', 1_003))] })[0]!.refusals)).toEqual(['NOT_CONFIRMED'])
    expect(codes(view({ rejected: [transition(support)] })[0]!.refusals)).toEqual(['NOT_CONFIRMED'])
  })

  it('decides between two zones near the price', () => {
    const view = rising({
      longClusters: [support],
      shortClusters: [zone('short', 1_002)],
      rejected: [rejected(support)],
    })
    const [long, short] = confirmed.propose(view)
    expect(codes(long!.refusals)).not.toContain('LOWER_PRIORITY')
    expect(codes(short!.refusals)).toContain('NOT_CONFIRMED')
  })
})
