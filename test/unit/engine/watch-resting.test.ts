import { describe, expect, test } from 'vitest'
import { BTC } from '../../fixture/engine-scene.ts'
import { KIND } from '../../simulation/mischief.ts'
import { at, begun, codes, held, opened, protection, sent } from '../../simulation/scene.ts'
import type { World } from '../../simulation/world.ts'

/** Seconds at which each leg was looked at. */
function looks(world: World): { readonly leg: string; readonly second: number }[] {
  const seen: { leg: string; second: number }[] = []
  world.observe = (event, effects) => {
    for (const effect of effects)
      if (effect.kind === 'check') {
        const leg = world.venue.submitted.find((o) => o.clientOrderId === effect.clientOrderId)!.leg
        seen.push({ leg, second: Math.round((event.time - at(0)) / 1_000) })
      }
  }
  return seen
}

const limit = { file: { entry: { order_type: 'limit', limit_timeout_secs: 600 } } } as const

describe('what a position depends on', () => {
  test('is looked at when nothing has shown it for three seconds, and only then', () => {
    const world = opened()
    const seen = looks(world)
    world.run(at(31))
    expect(new Set(seen.map(({ leg }) => leg))).toEqual(new Set(['stop']))
    // Two between two comparisons of the whole account, which show it too.
    expect(seen.length).toBeGreaterThanOrEqual(7)
    expect(seen.length).toBeLessThanOrEqual(9)
  })

  test('is looked at again after a second as long as no look is answered', () => {
    const world = opened()
    world.venue.mischief = { ...KIND, queryFails: () => true, snapshotFails: () => true }
    const seen = looks(world)
    world.run(at(16))
    expect(seen.map(({ second }) => second).slice(-4)).toEqual([12, 13, 14, 15])
  })

  test('a stop that goes without a word, whatever else is lost, is back within four seconds', () => {
    const world = opened()
    world.run(at(20))
    world.venue.mischief = { ...KIND, news: () => [], snapshotFails: () => true }
    world.venue.drop(BTC, 'stop', true)
    world.run(at(24))
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('an entry that works and fills without a word is found, and its position protected', () => {
    const world = begun({ news: () => [] }, limit)
    world.enter()
    world.venue.price(BTC, 50_100)
    world.run(at(3))
    expect(held(world)).toBe(0)
    world.venue.price(BTC, 49_990)
    expect(held(world)).toBeGreaterThan(0)
    world.run(at(7))
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('is not looked at while there is nothing to lose, nor over a broken way', () => {
    const world = begun()
    const seen = looks(world)
    world.run(at(30))
    world.enter()
    world.run(at(32))
    world.connection('down')
    world.run(at(60))
    expect(seen).toEqual([])
  })
})

test('an entry that ended early and unfilled, as far as is known, has the account looked at', () => {
  const world = begun({ share: () => 0.5, news: ({ kind }) => (kind === 'order_filled' ? [] : [0]) })
  world.enter()
  world.run(at(2))
  expect(protection(world)).toEqual(['stop', 'target'])
})

test('a part of the position whose stop does not arrive gets another, although a smaller one rests', () => {
  const world = begun({ share: () => 0.5 }, limit)
  world.enter()
  world.run(at(2))
  world.venue.mischief = {
    ...KIND,
    order: ({ leg }) => (leg === 'stop' ? { kind: 'lose_request', told: true } : { kind: 'none' }),
  }
  world.price(BTC, 49_990)
  world.run(at(3))
  world.venue.mischief = KIND
  expect(sent(world, 'stop')).toBe(2)
  world.run(at(5))
  expect(codes(world)).toContain('STOP_UNCONFIRMED')
  expect(protection(world)).toEqual(['stop', 'target'])
})
