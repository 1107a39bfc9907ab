import { describe, expect, it } from 'vitest'
import type { ClusterTransition, LiquidationLevel } from '../../../src/domain/cluster.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { NOTHING, type ClusterTracker } from '../../../src/heatmap/cluster-tracker.ts'
import { createTracker } from '../../../src/heatmap/tracker.ts'
import { level, snapshot } from './build.ts'

const ATR = 4
const PRICE = 100

const kinds = (transitions: readonly ClusterTransition[]): readonly string[] =>
  transitions.map(({ kind, cluster }) => `${kind} ${cluster.id}`)

const source = (): ClusterTracker =>
  createTracker({ instrument: { tick: 0.125 }, identity: 'source', birthGapRatio: 5e-4 })

/** A tracker with the levels already born at price 100, one second in. */
function tracking(...levels: readonly LiquidationLevel[]): ClusterTracker {
  const tracker = source()
  tracker.onSnapshot(snapshot(levels, 1_000), PRICE, ATR)
  return tracker
}
const at = epochMs(2_000)
const long = level('long', 95, 97)
const short = level('short', 103, 105)

describe('birth', () => {
  it('is announced once, with its times', () => {
    const tracker = source()
    const born = tracker.onSnapshot(snapshot([long, short], 1_000), PRICE, ATR)
    expect(kinds(born)).toEqual(['born long-95', 'born short-103'])
    expect(born[0]).toMatchObject({
      time: 1_000,
      price: PRICE,
      observed: true,
      cluster: { firstSeen: 1_000, lastSeen: 1_000, active: true, touchCount: 0 },
    })
    expect(tracker.onSnapshot(snapshot([long, short], 2_000), PRICE, ATR)).toBe(NOTHING)
    expect(tracker.find('long-95')).toMatchObject({ firstSeen: 1_000, lastSeen: 2_000, state: 'active' })
  })

  it.each([
    ['a tick away', 99.875, true],
    ['nearer than a tick', 99.88, false],
    ['around the price', 100.5, false],
  ])('needs room to the price: %s', (_, high, born) => {
    const tracker = tracking(level('long', 95, high))
    expect(tracker.longs.length).toBe(born ? 1 : 0)
  })

  it('needs a bin of room where that is more than a tick', () => {
    const tracker = createTracker({ instrument: { tick: 0.1 }, identity: 'source', birthGapRatio: 0.01 })
    tracker.onSnapshot(snapshot([level('short', 100.99, 102), level('short', 101, 103)]), PRICE, ATR)
    expect(tracker.shorts.map(({ id }) => id)).toEqual(['short-101'])
  })

  it('waits until the price has made room', () => {
    const tracker = source()
    const near = level('long', 99, 100)
    expect(tracker.onSnapshot(snapshot([near], 1_000), PRICE, ATR)).toBe(NOTHING)
    expect(kinds(tracker.onSnapshot(snapshot([near], 2_000), 101, ATR))).toEqual(['born long-99'])
  })

  it('never happens without a price', () => {
    const tracker = source()
    expect(tracker.onSnapshot(snapshot([long]), Number.NaN, ATR)).toBe(NOTHING)
  })

  it('never happens to an id that has ended', () => {
    const tracker = tracking(long)
    tracker.onPrice(94, at, ATR)
    expect(tracker.onSnapshot(snapshot([long], 3_000), 100, ATR)).toBe(NOTHING)
    expect(tracker.find('long-95')?.state).toBe('broken')
  })

  it('lists the nearest first', () => {
    const tracker = tracking(
      level('long', 80, 82),
      level('long', 90, 92),
      level('short', 120, 121),
      level('short', 110, 111),
    )
    expect(tracker.longs.map(({ id }) => id)).toEqual(['long-90', 'long-80'])
    expect(tracker.shorts.map(({ id }) => id)).toEqual(['short-110', 'short-120'])
  })

  it('throws on levels without ids where ids are relied on', () => {
    expect(() => source().onSnapshot(snapshot([{ ...long, id: null }]), PRICE, ATR)).toThrow('without an id')
  })
})

describe('prices', () => {
  it('are quiet strictly between the nearest edges', () => {
    const tracker = tracking(long, short)
    expect([tracker.watchLow, tracker.watchHigh]).toEqual([97, 103])
    expect(tracker.onPrice(97.001, at, ATR)).toBe(NOTHING)
    expect(tracker.onPrice(102.999, at, ATR)).toBe(NOTHING)
  })

  it.each([
    ['long', 97, 'touched long-95'],
    ['short', 103, 'touched short-103'],
  ])('touch a %s zone at its near edge', (_, price, expected) => {
    const tracker = tracking(long, short)
    expect(kinds(tracker.onPrice(price, at, ATR))).toEqual([expected])
    expect(tracker.onPrice(price, at, ATR)).toBe(NOTHING)
  })

  it.each([
    ['long', 95, 94.999, 'broken long-95'],
    ['short', 105, 105.001, 'broken short-103'],
  ])('break a %s zone only beyond its far edge', (_, edge, beyond, expected) => {
    const tracker = tracking(long, short)
    expect(kinds(tracker.onPrice(edge, at, ATR))).toHaveLength(1)
    const broken = tracker.onPrice(beyond, epochMs(3_000), ATR)
    expect(kinds(broken)).toEqual([expected])
    expect(broken[0]).toMatchObject({
      observed: true,
      time: 3_000,
      price: beyond,
      cluster: { active: false, lastSeen: 3_000 },
    })
  })

  it('jump through a zone: touched, then broken', () => {
    const tracker = tracking(long, short)
    expect(kinds(tracker.onPrice(90, at, ATR))).toEqual(['touched long-95', 'broken long-95'])
    expect(tracker.longs).toEqual([])
  })

  it('jump through several zones: nearest first', () => {
    const tracker = tracking(level('long', 90, 91), level('long', 95, 97))
    expect(kinds(tracker.onPrice(90.5, at, ATR))).toEqual(['touched long-95', 'broken long-95', 'touched long-90'])
  })

  it('treat a point as a zone of no width', () => {
    const tracker = tracking(level('long', 95, 95))
    expect(kinds(tracker.onPrice(95, at, ATR))).toEqual(['touched long-95'])
    expect(kinds(tracker.onPrice(94.99, at, ATR))).toEqual(['broken long-95'])
  })

  it('never break twice', () => {
    const tracker = tracking(long)
    tracker.onPrice(94, at, ATR)
    expect(tracker.onPrice(93, at, ATR)).toBe(NOTHING)
  })

  it('freeze what they report', () => {
    const tracker = tracking(long)
    const [touched] = tracker.onPrice(97, at, ATR)
    tracker.onPrice(94, at, ATR)
    expect(touched?.cluster.state).toBe('touched')
    expect(Object.isFrozen(touched?.cluster)).toBe(true)
  })
})

describe('rejection', () => {
  it.each([
    ['long', 97, 97.999, 98, 'rejected long-95'],
    ['short', 103, 102.001, 102, 'rejected short-103'],
  ])('of a %s zone needs a quarter of an ATR beyond the near edge', (_, touch, short_of, retreat, expected) => {
    const tracker = tracking(long, short)
    tracker.onPrice(touch, at, ATR)
    expect(tracker.onPrice(short_of, at, ATR)).toBe(NOTHING)
    const rejected = tracker.onPrice(retreat, at, ATR)
    expect(kinds(rejected)).toEqual([expected])
    expect(rejected[0]?.cluster).toMatchObject({ state: 'active', active: true, touchCount: 1 })
  })

  it('can come again', () => {
    const tracker = tracking(long)
    for (const price of [97, 98, 96, 98]) tracker.onPrice(price, at, ATR)
    expect(tracker.find('long-95')).toMatchObject({ state: 'active', touchCount: 2 })
  })

  it('precedes what the same price touches on the other side', () => {
    const tracker = tracking(long, short)
    tracker.onPrice(96, at, ATR)
    expect(kinds(tracker.onPrice(104, at, ATR))).toEqual(['rejected long-95', 'touched short-103'])
  })

  it('waits for an ATR', () => {
    const tracker = tracking(long)
    tracker.onPrice(97, at, Number.NaN)
    expect(tracker.onPrice(102, at, Number.NaN)).toBe(NOTHING)
    expect(kinds(tracker.onSnapshot(snapshot([long], 3_000), 102, ATR))).toEqual(['rejected long-95'])
  })

  it('is not read into a zone that shrinks away from the price', () => {
    const tracker = tracking(long)
    tracker.onPrice(96.5, at, ATR)
    expect(tracker.onSnapshot(snapshot([{ ...long, priceHigh: 95.2, priceMode: 95.1 }], 3_000), 96.5, ATR)).toBe(
      NOTHING,
    )
    expect(tracker.find('long-95')?.state).toBe('touched')
    expect(kinds(tracker.onPrice(98, at, ATR))).toEqual(['rejected long-95'])
  })
})

describe('snapshots', () => {
  it.each([
    [20.1, null],
    [20, 'consumed'],
  ])('with %d of 100 left after a touch', (mass, reason) => {
    const tracker = tracking(long)
    tracker.onPrice(97, at, ATR)
    const out = tracker.onSnapshot(snapshot([{ ...long, mass }], 3_000), 97, ATR)
    expect(out.map(({ kind, reason: why }) => [kind, why])).toEqual(reason === null ? [] : [['expired', reason]])
  })

  it.each([
    [20, null],
    [19.9, 'mass'],
  ])('with %d of a peak of 100 left, untouched', (mass, reason) => {
    const tracker = tracking({ ...long, mass: 50 })
    tracker.onSnapshot(snapshot([{ ...long, mass: 100 }], 2_000), PRICE, ATR)
    const out = tracker.onSnapshot(snapshot([{ ...long, mass }], 3_000), PRICE, ATR)
    expect(out.map(({ reason: why }) => why)).toEqual(reason === null ? [] : [reason])
  })

  it('measure by notional, then strength, where there is no mass', () => {
    const byNotional = tracking({ ...long, mass: null, notionalUsd: 1_000 })
    expect(
      byNotional.onSnapshot(snapshot([{ ...long, mass: null, notionalUsd: 199 }], 2_000), PRICE, ATR)[0]?.reason,
    ).toBe('mass')
    const byStrength = tracking({ ...long, mass: null, notionalUsd: null, strength: 1 })
    expect(
      byStrength.onSnapshot(
        snapshot([{ ...long, mass: null, notionalUsd: null, strength: 0.19 }], 2_000),
        PRICE,
        ATR,
      )[0]?.reason,
    ).toBe('mass')
  })

  it('take a missing figure for unknown, not for gone', () => {
    const tracker = tracking(long)
    expect(
      tracker.onSnapshot(snapshot([{ ...long, mass: null, notionalUsd: null, strength: null }], 2_000), PRICE, ATR),
    ).toBe(NOTHING)
  })

  it('expire what three of them in a row miss', () => {
    const tracker = tracking(long, short)
    expect(tracker.onSnapshot(snapshot([short], 2_000), PRICE, ATR)).toBe(NOTHING)
    expect(tracker.onSnapshot(snapshot([short], 3_000), PRICE, ATR)).toBe(NOTHING)
    const out = tracker.onSnapshot(snapshot([short], 4_000), PRICE, ATR)
    expect(out).toMatchObject([{ kind: 'expired', reason: 'missing', cluster: { id: 'long-95', lastSeen: 1_000 } }])
  })

  it('count misses in a row only', () => {
    const tracker = tracking(long, short)
    for (const levels of [[short], [short], [long, short], [short], [short]]) {
      expect(tracker.onSnapshot(snapshot(levels, 2_000), PRICE, ATR)).toBe(NOTHING)
    }
    expect(tracker.longs).toHaveLength(1)
  })

  it('that are empty expire nothing', () => {
    const tracker = tracking(long)
    for (let i = 0; i < 10; i++) expect(tracker.onSnapshot(snapshot([], 2_000 + i), PRICE, ATR)).toBe(NOTHING)
    expect(tracker.longs).toHaveLength(1)
  })

  it('judge a break by the geometry before them', () => {
    const tracker = tracking(long)
    const moved = { ...long, priceLow: 90, priceMode: 91, priceHigh: 92 }
    const out = tracker.onSnapshot(snapshot([moved], 2_000), 94, ATR)
    expect(kinds(out)).toEqual(['touched long-95', 'broken long-95'])
    expect(out[1]?.cluster).toMatchObject({ priceLow: 95, priceHigh: 97 })
  })

  it('that move a zone over the price break nothing', () => {
    const tracker = tracking(long)
    const out = tracker.onSnapshot(
      snapshot([{ ...long, priceLow: 101, priceMode: 101, priceHigh: 102 }], 2_000),
      PRICE,
      ATR,
    )
    expect(out).toMatchObject([{ kind: 'expired', reason: 'model' }])
  })

  it('that move a zone to the price touch it', () => {
    const tracker = tracking(long)
    expect(kinds(tracker.onSnapshot(snapshot([{ ...long, priceHigh: 100 }], 2_000), PRICE, ATR))).toEqual([
      'touched long-95',
    ])
  })

  it('of another source end everything', () => {
    const tracker = tracking(long)
    const out = tracker.onSnapshot(snapshot([{ ...long, id: 'new' }], 2_000, { source: 'estimator@2' }), PRICE, ATR)
    expect(out.map(({ kind, reason, cluster }) => [kind, reason, cluster.id])).toEqual([
      ['expired', 'model', 'long-95'],
      ['born', 'new', 'new'],
    ])
  })

  it('leave a merged cluster to expire as missing', () => {
    const tracker = tracking(level('long', 90, 91), level('long', 93, 94))
    const merged = { ...level('long', 90, 94), id: 'long-90', parentIds: ['long-93'] }
    for (const time of [2_000, 3_000]) expect(tracker.onSnapshot(snapshot([merged], time), PRICE, ATR)).toBe(NOTHING)
    expect(tracker.onSnapshot(snapshot([merged], 4_000), PRICE, ATR)).toMatchObject([
      { kind: 'expired', reason: 'missing', cluster: { id: 'long-93' } },
    ])
    expect(tracker.longs).toMatchObject([{ id: 'long-90', priceHigh: 94 }])
  })

  it('remember the 512 clusters that ended last, and at most twice as many', () => {
    const tracker = source()
    for (let i = 0; i < 1_100; i++) {
      tracker.onSnapshot(snapshot([{ ...long, id: `c${i}` }], i), PRICE, ATR)
      tracker.onPrice(90, epochMs(i), ATR)
    }
    expect(tracker.find('c75')).toBeUndefined()
    for (const i of [588, 1_099]) expect(tracker.find(`c${i}`)?.state).toBe('broken')
  })

  it('never let an ended cluster rise again while its source goes on naming it', () => {
    const tracker = tracking(long)
    tracker.onPrice(90, at, ATR)
    for (let i = 0; i < 2_000; i++) {
      const other = { ...short, id: `c${i}` }
      tracker.onSnapshot(snapshot([long, other], 2_000 + i), PRICE, ATR)
      tracker.onPrice(110, epochMs(2_000 + i), ATR)
    }
    expect(tracker.longs).toEqual([])
    expect(tracker.find('long-95')?.state).toBe('broken')
  })
})

describe('staleness', () => {
  it('hides clusters and gives them back as they were', () => {
    const tracker = tracking(long, short)
    tracker.onPrice(96, at, ATR)
    expect(kinds(tracker.markStale(epochMs(3_000), 96))).toEqual(['stale long-95', 'stale short-103'])
    expect([tracker.longs, tracker.shorts]).toEqual([[], []])
    expect(tracker.find('long-95')).toMatchObject({ state: 'stale', active: false })
    expect(tracker.markStale(epochMs(3_500), 96)).toBe(NOTHING)
    expect(kinds(tracker.markRecovered(epochMs(4_000), 96))).toEqual(['recovered long-95', 'recovered short-103'])
    expect([tracker.longs[0]?.state, tracker.shorts[0]?.state]).toEqual(['touched', 'active'])
    expect(tracker.markRecovered(epochMs(4_000), 96)).toBe(NOTHING)
  })

  it.each([
    ['at the price of recovery', [], 94],
    ['at a price seen meanwhile', [94, 101], 100],
  ])('reports a crossing as unobserved: %s', (_, seen, price) => {
    const tracker = tracking(long, short)
    tracker.markStale(at, PRICE)
    for (const p of seen) expect(tracker.onPrice(p, at, ATR)).toBe(NOTHING)
    const out = tracker.markRecovered(epochMs(4_000), price)
    expect(out.map(({ kind, observed }) => [kind, observed])).toEqual([
      ['broken', false],
      ['recovered', true],
    ])
  })

  it('does not take the far edge itself for a crossing', () => {
    const tracker = tracking(long)
    tracker.markStale(at, Number.NaN)
    tracker.onPrice(95, at, ATR)
    expect(kinds(tracker.markRecovered(at, 99))).toEqual(['recovered long-95'])
  })

  it('ignores snapshots', () => {
    const tracker = tracking(long)
    tracker.markStale(at, PRICE)
    for (let i = 0; i < 4; i++) expect(tracker.onSnapshot(snapshot([short], 3_000 + i), PRICE, ATR)).toBe(NOTHING)
    expect(kinds(tracker.markRecovered(epochMs(9_000), PRICE))).toEqual(['recovered long-95'])
    expect(kinds(tracker.onSnapshot(snapshot([long, short], 9_000), PRICE, ATR))).toEqual(['born short-103'])
  })
})

describe('retirement', () => {
  it('expires everything for a change of the model', () => {
    const tracker = tracking(long, short)
    expect(tracker.retire(at, PRICE).map(({ reason }) => reason)).toEqual(['model', 'model'])
    expect(tracker.retire(at, PRICE)).toBe(NOTHING)
    expect([tracker.watchLow, tracker.watchHigh]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY])
  })
})

describe('matched identity', () => {
  const point = (price: number, rest: Partial<LiquidationLevel> = {}): LiquidationLevel => ({
    ...level('long', price, price),
    id: null,
    mass: null,
    leverage: 50,
    ...rest,
  })
  const matched = (): ClusterTracker =>
    createTracker({ instrument: { tick: 0.1 }, identity: 'match', birthGapRatio: 0 })

  it.each([
    ['within a tenth of an ATR', 95.37, 1],
    ['beyond it', 95.45, 2],
  ])('holds a level that moved: %s', (_, price, births) => {
    const tracker = matched()
    const first = tracker.onSnapshot(snapshot([point(95)], 1_000), PRICE, ATR)
    const second = tracker.onSnapshot(snapshot([point(price)], 2_000), PRICE, ATR)
    expect(first.length + second.length).toBe(births)
  })

  it.each([
    ['leverage', { leverage: 25 }],
    ['missing leverage', { leverage: null }],
  ])('never crosses to another %s', (_, rest) => {
    const tracker = matched()
    tracker.onSnapshot(snapshot([point(95)], 1_000), PRICE, ATR)
    expect(tracker.onSnapshot(snapshot([point(95, rest)], 2_000), PRICE, ATR)).toHaveLength(1)
  })

  it('names clusters reproducibly', () => {
    const [born] = matched().onSnapshot(snapshot([point(95)], 1_000, { source: 'heatmap-http@1' }), PRICE, ATR)
    expect(born?.cluster.id).toBe('heatmap-http@1:long:50:1000:950')
  })

  it('does not raise a broken level again while it is still published, and starts anew after it was gone', () => {
    const tracker = matched()
    tracker.onSnapshot(snapshot([point(95), point(80)], 1_000), PRICE, ATR)
    expect(kinds(tracker.onPrice(94, at, ATR))).toHaveLength(2)
    expect(tracker.onSnapshot(snapshot([point(95), point(80)], 2_000), PRICE, ATR)).toBe(NOTHING)
    for (const time of [3_000, 4_000, 5_000]) tracker.onSnapshot(snapshot([point(80)], time), PRICE, ATR)
    expect(tracker.onSnapshot(snapshot([point(95), point(80)], 6_000), PRICE, ATR)).toMatchObject([{ kind: 'born' }])
  })

  it('gives the nearer of two levels the old identity', () => {
    const tracker = matched()
    const [born] = tracker.onSnapshot(snapshot([point(95)], 1_000), PRICE, ATR)
    tracker.onSnapshot(snapshot([point(94.8), point(95.1)], 2_000), PRICE, ATR)
    expect(tracker.find(born!.cluster.id)?.priceMode).toBe(95.1)
  })
})

describe('without identity', () => {
  const display = (): ClusterTracker => createTracker({ instrument: { tick: 0.1 }, identity: 'none', birthGapRatio: 0 })
  const tier = (side: 'long' | 'short', price: number, leverage: number): LiquidationLevel => ({
    ...level(side, price, price),
    id: null,
    leverage,
  })

  it('shows each snapshot as it is and never says that anything happened', () => {
    const tracker = display()
    expect(
      tracker.onSnapshot(
        snapshot([tier('long', 90, 10), tier('long', 98, 50), tier('short', 102, 50)], 1_000),
        PRICE,
        ATR,
      ),
    ).toBe(NOTHING)
    expect(tracker.longs.map(({ id, state }) => [id, state])).toEqual([
      ['estimator@1:long:50', 'active'],
      ['estimator@1:long:10', 'active'],
    ])
    expect(tracker.onPrice(97, at, ATR)).toBe(NOTHING)
    expect(tracker.longs.map(({ priceMode }) => priceMode)).toEqual([90])
    tracker.onSnapshot(snapshot([tier('short', 99, 50)], 2_000), 97, ATR)
    expect([tracker.longs.length, tracker.shorts[0]?.priceMode]).toEqual([0, 99])
  })

  it('keeps what it has when a snapshot is empty, and nothing while stale', () => {
    const tracker = display()
    tracker.onSnapshot(snapshot([tier('long', 90, 10)], 1_000), PRICE, ATR)
    tracker.onSnapshot(snapshot([], 2_000), PRICE, ATR)
    expect(tracker.find('estimator@1:long:10')?.priceMode).toBe(90)
    tracker.markStale(at, PRICE)
    tracker.onSnapshot(snapshot([tier('long', 90, 10)], 3_000), PRICE, ATR)
    expect(tracker.longs).toEqual([])
    tracker.markRecovered(at, PRICE)
    tracker.onSnapshot(snapshot([tier('long', 90, 10)], 4_000), PRICE, ATR)
    expect(tracker.longs).toHaveLength(1)
  })

  it('lets go of what it has when nothing of a snapshot may be shown', () => {
    const tracker = display()
    tracker.onSnapshot(snapshot([tier('long', 90, 10)], 1_000), PRICE, ATR)
    const quarantined = [{ code: 'MERGED_SIDES', count: 3 }] as const
    tracker.onSnapshot({ ...snapshot([], 2_000), quarantined }, PRICE, ATR)
    expect(tracker.longs).toEqual([])
  })

  it('tells levels of one tier apart', () => {
    const tracker = display()
    tracker.onSnapshot(snapshot([tier('long', 90, 10), tier('long', 91, 10)], 1_000), PRICE, ATR)
    expect(new Set(tracker.longs.map(({ id }) => id)).size).toBe(2)
  })
})
