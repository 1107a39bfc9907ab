import { describe, expect, test } from 'vitest'
import { symbolKey } from '../../src/engine/saved.ts'
import { BTC } from '../fixture/engine-scene.ts'
import { KIND } from './mischief.ts'
import { watch } from './invariants.ts'
import { at, begun, books, codes, held, latches, ledger, opened, protection, sent } from './scene.ts'
import { ETH } from './world.ts'

/** Faults that no other test injects by themselves; which test injects which is told in `test/faults.md`. */

describe('a fill that is told before the answer to its order', () => {
  test('is merged with it: one position, protected once', () => {
    // The answer and its news cross: the acceptance is told after the fills, or not at all.
    const world = begun({
      order: ({ leg }) => (leg === 'entry' ? { kind: 'lose_answer', told: true } : { kind: 'none' }),
    })
    watch(world)
    world.enter()
    world.run(at(5))
    expect(sent(world, 'entry')).toBe(1)
    expect(sent(world, 'stop')).toBe(1)
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(books(world)).toEqual(ledger(world))
  })
})

describe('an old backup that is restored', () => {
  test('of a time before the trade: the position is left alone behind its stop, and entries wait for a person', () => {
    const world = begun()
    const old = new Map(world.saved)
    world.enter()
    world.run(at(3))
    world.kill()
    if (!(world.saved instanceof Map)) throw new Error('what was saved cannot be changed')
    world.saved.clear()
    for (const [key, value] of old) world.saved.set(key, value)
    world.start()
    world.run(at(30))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(latches(world)).toContain('FOREIGN')
    world.enter()
    world.run(at(35))
    expect(sent(world, 'entry')).toBe(1)
  })

  test('of a time when the position was smaller: the venue’s holds, all of it protected, and entries stop', () => {
    const world = opened()
    const key = symbolKey(BTC.symbol)
    const old = world.saved.get(key)!
    const before = held(world)
    world.kill()
    world.venue.manual(BTC, 5)
    if (world.saved instanceof Map) world.saved.set(key, old)
    world.start()
    world.run(at(30))
    expect(held(world)).toBeGreaterThan(before)
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(latches(world)).toContain('RECONCILE')
  })
})

describe('a partition', () => {
  test.each([
    ['of everything', { down: true }],
    ['of answers alone', { down: false, queryFails: () => true, snapshotFails: () => true }],
    ['of the stream alone', { down: false, news: () => [] }],
  ] as const)(
    '%s: the stop stays, nothing is sent twice, and all is in order afterwards',
    (_what, { down, ...mischief }) => {
      const world = opened()
      watch(world)
      world.venue.mischief = { ...KIND, ...mischief }
      if (down) world.connection('down')
      world.run(at(60))
      expect(protection(world)).toEqual(['stop', 'target'])
      if (down) {
        world.enter(ETH)
        world.run(at(61))
        expect(held(world, ETH)).toBe(0)
      }
      world.venue.mischief = KIND
      if (down) world.connection('up')
      world.run(at(90))
      expect(sent(world, 'stop')).toBe(1)
      expect(books(world)).toEqual(ledger(world))
      expect(codes(world)).not.toContain('STOP_UNCONFIRMED')
    },
  )
})
