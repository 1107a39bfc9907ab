import { describe, expect, test } from 'vitest'
import { symbolKey } from '../../../src/engine/saved.ts'
import { BTC } from '../../fixture/engine-scene.ts'
import { at, books, codes, held, latches, ledger, opened, sent } from '../../simulation/scene.ts'
import { ETH, type World } from '../../simulation/world.ts'

/** A position whose saved trade claims something else, taken up by another process. */
function takenUp(tamper: (trade: Record<string, unknown>) => void): World {
  const world = opened()
  world.kill()
  const key = symbolKey(BTC.symbol)
  const state = JSON.parse(world.saved.get(key)!) as { trade: Record<string, unknown> }
  tamper(state.trade)
  if (!(world.saved instanceof Map)) throw new Error('what was saved cannot be changed')
  world.saved.set(key, JSON.stringify(state))
  world.start()
  return world
}

describe('a saved trade that asks for what the gate must refuse ends no process, and leaves nothing unprotected', () => {
  test.each([
    ['a position larger than the one that is held', { position: '0.5', entryQuantity: '0.5', stop: null }],
    ['the other side', { direction: 'SHORT', exitSide: 'buy', stop: null }],
  ])('%s', (_what, wrong) => {
    const world = takenUp((trade) => Object.assign(trade, wrong))
    world.run(at(30))
    expect(codes(world)).toContain('PROTECTION_REFUSED')
    expect(latches(world)).toContain('RECONCILE')
    expect(world.alive).toBe(true)
    expect(held(world)).toBe(0)
    expect(books(world)).toEqual(ledger(world))
    // Entries stopped; and it is no crash loop.
    world.enter(ETH)
    world.run(at(35))
    expect(sent(world, 'entry')).toBe(1)
    world.kill()
    world.start()
    world.run(at(50))
    expect(world.alive).toBe(true)
  })
})
