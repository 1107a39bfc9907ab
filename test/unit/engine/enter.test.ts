import { expect, test } from 'vitest'
import { BTC } from '../../fixture/engine-scene.ts'
import { KIND } from '../../simulation/mischief.ts'
import { at, held, only, opened, protection, sent } from '../../simulation/scene.ts'

test('no entry beside an order of the trade before that may still arrive: it would act on the new position', () => {
  const world = opened()
  world.venue.mischief = { ...KIND, ...only('exit', { kind: 'late', ms: 4_900 }) }
  world.command({ name: 'force_exit', tradeId: 'all' })
  world.price(BTC, 49_400)
  world.run(at(3))
  // A bar without the signal lets it come anew.
  expect(held(world)).toBe(0)
  world.bar(BTC, 50_000)
  world.enter()
  expect(sent(world, 'entry')).toBe(1)
  world.run(at(30))
  world.bar(BTC, 50_000)
  world.enter()
  world.run(at(32))
  expect(sent(world, 'entry')).toBe(2)
  expect(protection(world)).toEqual(['stop', 'target'])
})
