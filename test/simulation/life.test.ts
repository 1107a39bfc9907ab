import { expect, test } from 'vitest'
import { BTC, NOON } from '../fixture/engine-scene.ts'
import { createWorld } from './world.ts'

test('a trade is opened, protected and closed, and the books are the venue’s', () => {
  const world = createWorld()
  world.start()
  world.run(NOON + 2_000)
  world.enter()
  world.run(NOON + 4_000)
  expect(world.venue.held(BTC).signed.gt(0)).toBe(true)
  expect(
    world.venue
      .live(BTC)
      .map((o) => o.request.leg)
      .toSorted(),
  ).toEqual(['stop', 'target'])
  world.price(BTC, 52_000)
  world.run(NOON + 6_000)
  expect(world.venue.held(BTC).signed.isZero()).toBe(true)
  expect(world.venue.live(BTC)).toEqual([])
  expect(world.trades).toHaveLength(1)
  expect(world.engine.account.books.wallet.toFixed(8)).toBe(world.venue.wallet.toFixed(8))
})
