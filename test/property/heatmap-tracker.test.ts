import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { ClusterTransition, LevelSnapshot } from '../../src/domain/cluster.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { NOTHING } from '../../src/heatmap/cluster-tracker.ts'
import { createTracker } from '../../src/heatmap/tracker.ts'
import { level, snapshot } from '../unit/heatmap/build.ts'

const ATR = 4

type Step =
  | { readonly kind: 'price'; readonly price: number }
  | { readonly kind: 'snapshot'; readonly levels: LevelSnapshot['levels'] }
  | { readonly kind: 'stale' | 'recovered' }

const zone = fc.record({
  id: fc.integer({ min: 0, max: 7 }),
  long: fc.boolean(),
  gap: fc.integer({ min: 0, max: 12 }),
  width: fc.integer({ min: 0, max: 4 }),
  mass: fc.integer({ min: 1, max: 100 }),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('price' as const), price: fc.integer({ min: 80, max: 120 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('snapshot' as const),
      levels: fc.uniqueArray(zone, { maxLength: 6, selector: (z) => `${z.long}${z.id}` }).map((zones) =>
        zones.map(({ id, long, gap, width, mass }) => {
          const edge = long ? 100 - gap - width : 100 + gap
          return level(long ? 'long' : 'short', edge, edge + width, { id: `${long}${id}`, mass })
        }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('stale' as const, 'recovered' as const) }) },
)

function walk(steps: readonly Step[]): { readonly transitions: readonly ClusterTransition[]; readonly check: boolean } {
  const tracker = createTracker({ instrument: { tick: 0.5 }, identity: 'source', birthGapRatio: 0 })
  const transitions: ClusterTransition[] = []
  let price = 100
  let check = true
  steps.forEach((s, i) => {
    const time = epochMs(i)
    const quiet = s.kind === 'price' && s.price > tracker.watchLow && s.price < tracker.watchHigh
    let out: readonly ClusterTransition[]
    switch (s.kind) {
      case 'price':
        price = s.price
        out = tracker.onPrice(price, time, ATR)
        break
      case 'snapshot':
        out = tracker.onSnapshot(snapshot(s.levels, i), price, ATR)
        break
      case 'stale':
        out = tracker.markStale(time, price)
        break
      case 'recovered':
        out = tracker.markRecovered(time, price)
        break
    }
    if (quiet && out !== NOTHING) check = false
    transitions.push(...out)
    for (const c of [...tracker.longs, ...tracker.shorts]) {
      const beyond = c.side === 'long' ? price < c.priceLow : price > c.priceHigh
      if (beyond || !c.active || tracker.find(c.id) !== c) check = false
    }
  })
  return { transitions, check }
}

const follows: Readonly<Record<string, readonly string[]>> = {
  '': ['born'],
  born: ['touched', 'expired', 'stale'],
  touched: ['rejected', 'broken', 'expired', 'stale'],
  rejected: ['touched', 'expired', 'stale'],
  stale: ['recovered', 'broken'],
  recovered: ['touched', 'rejected', 'broken', 'expired', 'stale'],
  broken: [],
  expired: [],
}

describe('the tracker, whatever happens', () => {
  test.prop([fc.array(step, { maxLength: 60 })])(
    'moves every cluster along permitted transitions only, and never past an end',
    (steps) => {
      const last = new Map<string, string>()
      for (const { kind, cluster } of walk(steps).transitions) {
        expect(follows[last.get(cluster.id) ?? '']).toContain(kind)
        last.set(cluster.id, kind)
      }
    },
  )

  test.prop([fc.array(step, { maxLength: 60 })])(
    'lists only live clusters that the price has not crossed, and is quiet where it says so',
    (steps) => {
      expect(walk(steps).check).toBe(true)
    },
  )

  test.prop([fc.array(step, { maxLength: 60 })])('calls a break observed exactly when it was not stale', (steps) => {
    const states = new Map<string, string>()
    for (const { kind, cluster, observed } of walk(steps).transitions) {
      if (kind === 'broken') expect(observed).toBe(states.get(cluster.id) !== 'stale')
      states.set(cluster.id, kind)
    }
  })

  test.prop([fc.array(step, { maxLength: 60 })])('does the same thing twice', (steps) => {
    expect(walk(steps).transitions).toEqual(walk(steps).transitions)
  })
})
