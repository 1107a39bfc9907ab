import { describe, expect, it } from 'vitest'
import type { LevelSnapshot, OpenInterest } from '../../../src/domain/cluster.ts'
import type { DoorResult, HeatmapPayload } from '../../../src/domain/heatmap-payload.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { createDoor, type SnapshotDoor } from '../../../src/heatmap/door.ts'

const PRICE = 100
type Raw = Record<string, unknown>

const long = (price: number, rest: Raw = {}): Raw => ({
  price_level: price,
  side: 'long',
  strength: 0.6,
  leverage_tier: 50,
  ...rest,
})
const short = (price: number, rest: Raw = {}): Raw => ({
  price_level: price,
  side: 'short',
  strength: 0.6,
  leverage_tier: 50,
  ...rest,
})
/** Enough good company that one bad cluster does not sink the snapshot. */
const company = [short(110), short(111), short(112)]

const makeDoor = (assertAbsolute = true): SnapshotDoor =>
  createDoor({
    source: 'heatmap-http@1',
    symbol: 'BTCUSDT',
    tick: 0.1,
    intervalMs: 5_000,
    lagMs: 0,
    priceCollarRatio: 0.005,
    assertAbsolute,
  })

const payloadOf = (clusters: readonly unknown[], rest: Partial<HeatmapPayload> = {}): HeatmapPayload => ({
  symbol: 'BTCUSDT',
  currentPrice: PRICE,
  totalClusters: clusters.length,
  clusters,
  ...rest,
})

const openInterest: OpenInterest = {
  asOf: epochMs(1),
  totalUsd: 5e9,
  longUsd: null,
  shortUsd: null,
  ratio: 1.1,
  ratioKind: 'book_imbalance',
}

function open(
  payload: HeatmapPayload,
  door = makeDoor(),
  own: { price: number | null; openInterestUsd: number | null } = { price: PRICE, openInterestUsd: null },
): DoorResult {
  return door.open({ payload, receivedAt: epochMs(1_000), sha256: 'ab', openInterest }, own)
}
function admitted(result: DoorResult): LevelSnapshot {
  if (result.kind !== 'admitted') throw new Error(`rejected: ${result.message}`)
  return result.snapshot
}
const codes = (snapshot: LevelSnapshot): readonly string[] =>
  snapshot.quarantined.flatMap(({ code, count }) => Array<string>(count).fill(code))
const verdict = (cluster: unknown): readonly string[] => codes(admitted(open(payloadOf([cluster, ...company]))))

describe('an admitted snapshot', () => {
  it('is canonical', () => {
    const door = makeDoor()
    const clusters = [
      short(104, { total_notional: 5_000_000 }),
      long(98, { open_interest: 3_500_000, liquidation_count: 7, cluster_id: 3 }),
      long(95, { leverage_tier: null }),
    ]
    const snapshot = admitted(open(payloadOf(clusters), door))
    expect(snapshot).toEqual({
      source: 'heatmap-http@1',
      symbol: 'BTCUSDT',
      sequence: 0,
      asOf: 1_000,
      receivedAt: 1_000,
      intervalMs: 5_000,
      lagMs: 0,
      referencePrice: 100,
      levels: [
        {
          id: null,
          parentIds: [],
          side: 'long',
          priceLow: 95,
          priceMode: 95,
          priceHigh: 95,
          notionalUsd: null,
          mass: null,
          strength: 0.6,
          leverage: null,
        },
        {
          id: null,
          parentIds: [],
          side: 'long',
          priceLow: 98,
          priceMode: 98,
          priceHigh: 98,
          notionalUsd: 3_500_000,
          mass: null,
          strength: 0.6,
          leverage: 50,
        },
        {
          id: null,
          parentIds: [],
          side: 'short',
          priceLow: 104,
          priceMode: 104,
          priceHigh: 104,
          notionalUsd: 5_000_000,
          mass: null,
          strength: 0.6,
          leverage: 50,
        },
      ],
      quarantined: [],
      openInterest,
      sha256: 'ab',
    })
    expect(admitted(open(payloadOf(clusters), door)).sequence).toBe(1)
  })

  it('keeps the zones of providers that have them', () => {
    const [level] = admitted(open(payloadOf([long(97, { price_low: 96.5, price_high: 97.5 })]))).levels
    expect(level).toMatchObject({ priceLow: 96.5, priceMode: 97, priceHigh: 97.5 })
  })

  it('may be empty, with or without a price', () => {
    expect(admitted(open(payloadOf([]))).levels).toEqual([])
    expect(admitted(open(payloadOf([], { currentPrice: null }))).referencePrice).toBeNull()
  })

  it('accepts the provider’s spelling of the symbol in either case', () => {
    expect(open(payloadOf([], { symbol: 'btcusdt' })).kind).toBe('admitted')
  })
})

describe('a cluster is quarantined', () => {
  it.each([
    ['is no object', 7, 'BAD_SCHEMA'],
    ['is null', null, 'BAD_SCHEMA'],
    ['is a list', [], 'BAD_SCHEMA'],
    ['has no price', long(98, { price_level: undefined }), 'BAD_SCHEMA'],
    ['has text for a price', long(98, { price_level: '98' }), 'BAD_SCHEMA'],
    ['has an unknown side', long(98, { side: 'LONG' }), 'BAD_SCHEMA'],
    ['has no strength', long(98, { strength: null }), 'BAD_SCHEMA'],
    ['has text for a notional', long(98, { open_interest: '1' }), 'BAD_SCHEMA'],
    ['has a zone beside its level', long(97, { price_low: 97.1, price_high: 98 }), 'BAD_SCHEMA'],
    ['has a price of NaN', long(Number.NaN), 'NON_FINITE'],
    ['has an infinite strength', long(98, { strength: Number.POSITIVE_INFINITY }), 'NON_FINITE'],
    ['has an infinite notional', long(98, { total_notional: Number.POSITIVE_INFINITY }), 'NON_FINITE'],
    ['has a negative price', long(-98), 'NON_POSITIVE'],
    ['has a price of zero', long(0), 'NON_POSITIVE'],
    ['has a notional of zero', long(98, { open_interest: 0 }), 'NON_POSITIVE'],
    ['has a strength above one', long(98, { strength: 1.0001 }), 'STRENGTH_RANGE'],
    ['has a strength below zero', long(98, { strength: -0.0001 }), 'STRENGTH_RANGE'],
    ['is a long above the price', long(100.5), 'SIDE_LOCATION'],
    ['is a long at the price', long(100), 'SIDE_LOCATION'],
    ['is a short below the price', short(99), 'SIDE_LOCATION'],
    ['reaches over the price with its zone', long(98, { price_high: 100.1 }), 'SIDE_LOCATION'],
    ['reports a distance 6 bp off', long(98, { distance_from_price: 2.06 }), 'DISTANCE_MISMATCH'],
    ['is more than half the price away', long(49.9), 'OUT_OF_RANGE'],
    ['is absurdly far', short(1e300), 'OUT_OF_RANGE'],
    ['has a tier below one', long(98, { leverage_tier: 0.9 }), 'TIER_UNKNOWN'],
    ['has a tier above 200', long(98, { leverage_tier: 200.1 }), 'TIER_UNKNOWN'],
    [
      'spells its notional in two ways that differ by 0.6 %',
      long(98, { open_interest: 1_000, total_notional: 1_006 }),
      'SPELLING_CONFLICT',
    ],
    ['is worth more than all open interest', long(98, { open_interest: 5.1e9 }), 'NOTIONAL_OUTLIER'],
  ])('that %s', (_, cluster, code) => expect(verdict(cluster)).toEqual([code]))

  it('that is worth more than any contract, with no open interest known to set against it', () => {
    const at = (notional: number): readonly string[] => {
      const payload = payloadOf([long(98, { open_interest: notional }), ...company])
      const own = { price: PRICE, openInterestUsd: null }
      return codes(
        admitted(makeDoor().open({ payload, receivedAt: epochMs(1_000), sha256: 'ab', openInterest: null }, own)),
      )
    }
    expect(at(1.1e13)).toEqual(['NOTIONAL_OUTLIER'])
    expect(at(1e13)).toEqual([])
  })

  it.each([
    ['a strength of 0', long(98, { strength: 0 })],
    ['a strength of 1', long(98, { strength: 1 })],
    ['a distance 5 bp off', long(98, { distance_from_price: 2.05 })],
    ['half the price', long(50)],
    ['a tier of 1', long(98, { leverage_tier: 1 })],
    ['a tier of 200', long(98, { leverage_tier: 200 })],
    ['two spellings within 0.5 %', long(98, { open_interest: 1_000, total_notional: 1_005 })],
    ['a third spelling', long(98, { oi_usd: 1_000 })],
    ['all open interest', long(98, { open_interest: 5e9 })],
    ['unknown fields', long(98, { hello: 'world', __proto__: null })],
  ])('but not for %s', (_, cluster) => expect(verdict(cluster)).toEqual([]))

  it('that repeats another within a tick; the first in canonical order stays', () => {
    const snapshot = admitted(open(payloadOf([long(98.1), long(98, { strength: 0.5 }), long(98.25), ...company])))
    expect(codes(snapshot)).toEqual(['DUPLICATE'])
    expect(snapshot.levels.filter(({ side }) => side === 'long').map(({ priceMode }) => priceMode)).toEqual([98, 98.25])
  })

  it('that is on its side of the provider’s price, but not of ours', () => {
    const result = open(payloadOf([long(99.8), ...company]), makeDoor(), { price: 99.7, openInterestUsd: null })
    expect(codes(admitted(result))).toEqual(['SIDE_LOCATION'])
  })

  it('that is larger than open interest as we know it ourselves', () => {
    const result = open(payloadOf([long(98, { open_interest: 2e9 }), ...company]), makeDoor(), {
      price: PRICE,
      openInterestUsd: 1e9,
    })
    expect(codes(admitted(result))).toEqual(['NOTIONAL_OUTLIER'])
  })

  it.each([
    [20_000, []],
    [20_001, ['NOTIONAL_OUTLIER']],
  ])('that is beyond 20 × what its side and tier are usually worth: %d after ten of 1,000', (notional, expected) => {
    const door = makeDoor()
    for (let i = 0; i < 10; i++) open(payloadOf([long(98, { open_interest: 1_000 }), ...company]), door)
    expect(codes(admitted(open(payloadOf([long(98, { open_interest: notional }), ...company]), door)))).toEqual(
      expected,
    )
  })

  it('that averages two sides, once the feed is known to be anchored', () => {
    const projections = [10, 25, 50, 100].map((tier) => long(PRICE * (1 - 1 / tier), { leverage_tier: tier }))
    const snapshot = admitted(open(payloadOf([...projections, long(98.6, { leverage_tier: 5 })]), makeDoor(false)))
    expect(codes(snapshot)).toEqual(['MERGED_SIDES'])
    expect(snapshot.levels).toHaveLength(4)
    expect(verdict(long(98.6, { leverage_tier: 5 }))).toEqual([])
  })
})

describe('a whole snapshot is rejected', () => {
  const rejection = (result: DoorResult): string => (result.kind === 'rejected' ? result.code : 'admitted')

  it.each([
    ['another symbol', payloadOf([], { symbol: 'ETHUSDT' }), 'WRONG_SYMBOL'],
    ['a wrong count', payloadOf([long(98)], { totalClusters: 2 }), 'COUNT_MISMATCH'],
    ['no count', payloadOf([long(98)], { totalClusters: null }), 'admitted'],
    ['clusters without a price', payloadOf([long(98)], { currentPrice: null }), 'PRICE_MISSING'],
    ['a price of zero', payloadOf([long(98)], { currentPrice: 0 }), 'PRICE_COLLAR'],
    ['a price 0.51 % above ours', payloadOf([long(98)], { currentPrice: 100.51 }), 'PRICE_COLLAR'],
    ['a price 0.51 % below ours', payloadOf([long(98)], { currentPrice: 99.49 }), 'PRICE_COLLAR'],
    ['a price 0.5 % above ours', payloadOf([long(98)], { currentPrice: 100.5 }), 'admitted'],
    ['501 clusters', payloadOf(Array.from({ length: 501 }, (_, i) => long(50.1 + i * 0.09))), 'TOO_MANY_CLUSTERS'],
    ['half of its clusters unusable', payloadOf([long(98), long(-1)]), 'admitted'],
    ['more than half of its clusters unusable', payloadOf([long(98), long(-1), long(-1)]), 'QUARANTINE_SHARE'],
  ])('for %s', (_, payload, code) => expect(rejection(open(payload))).toBe(code))

  it('not for merged sides, however many', () => {
    const clusters = [
      long(98),
      short(102),
      ...[5, 10, 25, 100].map((tier, i) => long(99 - i * 0.2, { leverage_tier: tier })),
    ]
    const snapshot = admitted(open(payloadOf(clusters), makeDoor(false)))
    expect(codes(snapshot)).toEqual(Array(4).fill('MERGED_SIDES'))
  })

  it('with a sentence that names the figures', () => {
    const result = open(payloadOf([long(98)], { currentPrice: 101 }))
    expect(result).toMatchObject({ message: 'the provider’s price 101 is 1.00 % away from ours (100), limit 0.50 %' })
  })

  it('never by the collar where we have no price', () => {
    expect(
      open(payloadOf([long(98)], { currentPrice: 150 }), makeDoor(), { price: null, openInterestUsd: null }).kind,
    ).toBe('admitted')
  })
})
