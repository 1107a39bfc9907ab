import { describe, expect, test } from 'vitest'
import { BTC } from '../../fixture/engine-scene.ts'
import { KIND } from '../../simulation/mischief.ts'
import { at, begun, codes, held, latches, only, opened, protection, sent } from '../../simulation/scene.ts'
import { ETH, type World } from '../../simulation/world.ts'

const alarm = (world: World): void =>
  world.tell({
    kind: 'venue_alarm',
    time: world.engine.views[0]!.priceTime,
    code: 'HEDGE_MODE',
    message: 'hedge mode is on',
  })

const limit = { file: { entry: { order_type: 'limit', limit_timeout_secs: 600 } } } as const

describe('shutdown', () => {
  test('keep_protected: positions stay behind their stops, and all is settled', () => {
    const world = opened()
    world.command({ name: 'shutdown', policy: 'keep_protected' })
    expect(world.engine.settled()).toBe(true)
    world.run(at(4))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(sent(world, 'exit')).toBe(0)
  })

  test('flatten: positions are closed, settled when they are', () => {
    const world = opened()
    world.command({ name: 'shutdown', policy: 'flatten' })
    expect(world.engine.settled()).toBe(false)
    world.run(at(4))
    expect(held(world)).toBe(0)
    expect(world.engine.settled()).toBe(true)
  })

  test('flatten: an exit that never arrived is sent again, and nothing is settled between the two', () => {
    const world = opened()
    world.run(at(4))
    world.venue.mischief = { ...KIND, ...only('exit', { kind: 'lose_request', told: true }) }
    world.command({ name: 'shutdown', policy: 'flatten' })
    // Sent at 4 s; it may arrive for 5 s and be hidden for 5 more; the third look without a trace comes 2 s later.
    while (!codes(world).includes('EXIT_FAILED')) world.run(world.now + 10)
    expect(world.engine.settled()).toBe(false)
    world.venue.mischief = KIND
    world.run(world.now + 1_000)
    expect([sent(world, 'exit'), held(world), world.engine.settled()]).toEqual([2, 0, true])
  })

  test('a resting entry is withdrawn, and not settled before it is gone', () => {
    const world = begun({ cancelLost: () => true }, limit)
    world.enter()
    world.venue.price(BTC, 50_100)
    world.run(at(2))
    world.command({ name: 'shutdown', policy: 'keep_protected' })
    world.run(at(3))
    expect(world.engine.settled()).toBe(false)
    world.venue.mischief = KIND
    world.run(at(5))
    expect(world.engine.settled()).toBe(true)
    expect(world.venue.live(BTC)).toEqual([])
  })

  test('an order of unknown fate, or a stop that is not confirmed, is not settled', () => {
    const unknown = begun(only('entry', { kind: 'lose_request', told: true }))
    unknown.enter()
    unknown.run(at(2))
    expect(unknown.engine.settled()).toBe(false)
    const unconfirmed = begun(only('stop', { kind: 'lose_request', told: false }))
    unconfirmed.enter()
    unconfirmed.run(at(2))
    expect(unconfirmed.engine.settled()).toBe(false)
  })
})

describe('clear_latch', () => {
  test('needs a name and a reason', () => {
    const world = begun()
    world.command({ name: 'kill', reason: 'a person' })
    world.command({ name: 'clear_latch', code: 'KILL', symbol: null, by: ' ', reason: 'looked' })
    expect([latches(world), codes(world)]).toEqual([['KILL'], ['KILL', 'LATCH_UNSIGNED']])
    world.command({ name: 'clear_latch', code: 'KILL', symbol: null, by: 'ann', reason: 'looked' })
    expect(latches(world)).toEqual([])
    world.run(at(2))
    world.enter()
    expect(sent(world, 'entry')).toBe(1)
  })

  test.each(['FOREIGN', 'NO_SUCH_LATCH'])('says so when %s is not set', (code) => {
    const world = begun()
    world.command({ name: 'clear_latch', code, symbol: null, by: 'ann', reason: 'looked' })
    expect(codes(world)).toEqual(['LATCH_NOT_SET'])
  })

  test('what is still foreign latches again', () => {
    const world = begun()
    world.venue.foreignOrder(BTC, 'web_1')
    world.run(at(12))
    world.command({ name: 'clear_latch', code: 'FOREIGN', symbol: null, by: 'ann', reason: 'looked' })
    expect(latches(world)).toEqual([])
    world.run(at(13))
    expect(latches(world)).toEqual(['FOREIGN'])
    world.venue.removeForeign('web_1')
    world.command({ name: 'clear_latch', code: 'FOREIGN', symbol: null, by: 'ann', reason: 'removed' })
    world.run(at(60))
    expect(latches(world)).toEqual([])
  })
})

test('of a latch that two symbols have, the one that is named is lifted, and the other stays', () => {
  const world = begun()
  world.venue.foreignOrder(BTC, 'web_1')
  world.venue.foreignOrder(ETH, 'web_2')
  world.run(at(12))
  expect(latches(world)).toEqual(['FOREIGN', 'FOREIGN'])
  world.venue.removeForeign('web_2')
  world.command({ name: 'clear_latch', code: 'FOREIGN', symbol: 'ETHUSDT', by: 'ann', reason: 'cancelled it' })
  world.run(at(60))
  expect(world.engine.account.latches.latches.map(({ symbol }) => symbol)).toEqual(['BTCUSDT'])
})

test('nothing enters between the lifting of a latch and the looks that set it again', () => {
  const world = begun()
  world.venue.manual(BTC, 10)
  world.run(at(13))
  expect(latches(world)).toEqual(['FOREIGN'])
  world.command({ name: 'clear_latch', code: 'FOREIGN', symbol: null, by: 'ann', reason: 'looked' })
  for (let ms = 13_000; ms < 16_000; ms += 100) {
    world.run(at(ms / 1_000))
    world.enter()
  }
  expect(sent(world, 'entry')).toBe(0)
  expect(latches(world)).toEqual(['FOREIGN'])
})

test('kill withdraws entries and leaves stops and targets', () => {
  const world = opened()
  world.command({ name: 'kill', reason: 'a person' })
  world.run(at(5))
  expect(protection(world)).toEqual(['stop', 'target'])
  expect(world.engine.account.latches.state).toBe('HALTED')
})

test('an alarm of the venue stops entries until somebody clears it', () => {
  const world = begun()
  alarm(world)
  world.enter()
  expect(sent(world, 'entry')).toBe(0)
  expect(latches(world)).toEqual(['VENUE_ALARM'])
  world.command({ name: 'clear_latch', code: 'VENUE_ALARM', symbol: null, by: 'ann', reason: 'set back' })
  world.run(at(2))
  world.enter()
  expect(sent(world, 'entry')).toBe(1)
})

describe('what stops entries withdraws those that rest, whichever symbol it was about', () => {
  /** A position in one symbol, and an entry in another that rests below the price. */
  function resting(): World {
    const world = begun({}, limit)
    world.enter()
    world.venue.price(BTC, 49_990)
    world.enter(ETH)
    world.venue.price(ETH, 3_010)
    world.run(at(3))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(world.venue.live(ETH)).toHaveLength(1)
    return world
  }

  test('an alarm of the venue', () => {
    const world = resting()
    alarm(world)
    world.run(at(5))
    expect(world.venue.live(ETH)).toEqual([])
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('a person', () => {
    const world = resting()
    world.command({ name: 'stop_entry', reason: 'news' })
    world.run(at(5))
    expect(latches(world)).toEqual(['ENTRIES_STOPPED'])
    expect(world.venue.live(ETH)).toEqual([])
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('a position that somebody changed', () => {
    const world = resting()
    world.venue.manual(BTC, -1)
    world.run(at(30))
    expect(latches(world)).toEqual(['RECONCILE'])
    expect(world.venue.live(ETH)).toEqual([])
    expect(protection(world)).toEqual(['stop', 'target'])
  })
})
