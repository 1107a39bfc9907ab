import { describe, expect, test } from 'vitest'
import type { OrderRequest } from '../../src/domain/order.ts'
import { symbolKey } from '../../src/engine/saved.ts'
import { epochMs, quantity } from '../../src/domain/unit.ts'
import { BTC } from '../fixture/engine-scene.ts'
import { KIND } from './mischief.ts'
import { LOOKS_MS, watch } from './invariants.ts'
import { at, begun, opened } from './scene.ts'
import { ETH, type World } from './world.ts'

/** A checker that finds nothing proves nothing: each invariant is broken once on purpose, and must be seen. */

const request = (world: World, leg: OrderRequest['leg']): OrderRequest =>
  world.venue.submitted.find((order) => order.leg === leg)!

/** As if the engine had sent it, its intent committed. */
function sends(world: World, order: OrderRequest, committed = true): void {
  const key = symbolKey(order.instrument.symbol)
  const before = world.saved.get(key) ?? ''
  if (committed && world.saved instanceof Map) world.saved.set(key, `${before} ${order.clientOrderId}`)
  const event = { kind: 'timer' as const, time: epochMs(world.now), id: 'planted' }
  world.observe(event, [{ kind: 'submit', order }])
}

const named = (order: OrderRequest, id: string, patch: Partial<OrderRequest> = {}): OrderRequest => ({
  ...order,
  clientOrderId: id as OrderRequest['clientOrderId'],
  ...patch,
})

describe('the checker sees', () => {
  test('I1: a trade that is entered twice', () => {
    const world = opened()
    watch(world)
    world.venue.submit(named(request(world, 'entry'), 'another'))
    expect(() => world.run(at(12))).toThrow('I1')
  })

  test('I2: an order without a committed intent', () => {
    const world = begun()
    watch(world)
    world.enter()
    expect(() => sends(world, named(request(world, 'entry'), 'another'), false)).toThrow('I2')
  })

  test('I6: an order at the venue that no books know', () => {
    const world = opened()
    const watched = watch(world)
    world.venue.submit(named(request(world, 'target'), 'another'))
    world.venue.mischief = { ...KIND, snapshotFails: () => true }
    world.run(at(3))
    expect(() => watched.quiescent()).toThrow('I6')
  })

  test('I6: an order that is over, and open in the journal', () => {
    const world = opened()
    const watched = watch(world)
    world.run(at(3))
    const { clientOrderId } = request(world, 'entry')
    expect(world.records.get(clientOrderId)).toBe('filled')
    if (world.records instanceof Map) world.records.set(clientOrderId, 'pending_cancel')
    expect(() => watched.quiescent()).toThrow(`I6: ${clientOrderId} is pending_cancel in the journal and over`)
  })

  test('I3: a position whose stop is gone in truth, whatever the bot believes', () => {
    const world = opened()
    watch(world)
    world.venue.drop(BTC, 'stop', true)
    // A bot that does not look.
    const check = world.venue.check
    world.venue.check = () => undefined
    world.venue.snapshot = () => undefined
    expect(() => world.run(at(20))).toThrow(/I3: BTCUSDT has not been behind stops for 5/)
    world.venue.check = check
  })

  test('I3: a part of the position that no stop covers', () => {
    const world = opened()
    watch(world)
    world.venue.manual(BTC, 1)
    world.venue.check = () => undefined
    world.venue.snapshot = () => undefined
    expect(() => world.run(at(20))).toThrow('I3')
  })

  test('I3: nothing where all that is held is a person’s', () => {
    const world = begun()
    const watched = watch(world)
    world.venue.manual(BTC, 10)
    world.run(at(60))
    expect(watched.longest.truth).toBe(0)
    watched.quiescent()
  })

  test('I4: stops for more than the position', () => {
    const world = opened()
    const watched = watch(world)
    world.run(at(3))
    world.venue.live(BTC, 'stop')[0]!.left = quantity(1)
    expect(() => watched.quiescent()).toThrow('I4')
  })

  test('I5: an exit that is not reduce-only, and one that would enlarge', () => {
    const world = opened()
    watch(world)
    const target = request(world, 'target')
    expect(() => sends(world, named(target, 'x1', { reduceOnly: false }))).toThrow('I5')
    expect(() => sends(world, named(target, 'x2', { side: 'buy' }))).toThrow('I5')
  })

  test('I5: a position that an exit turned round', () => {
    const world = opened()
    watch(world)
    world.venue.submit(
      named(request(world, 'target'), 'flip', {
        type: 'market',
        leg: 'exit',
        reduceOnly: false,
        quantity: quantity(5),
      }),
    )
    expect(() => world.run(at(3))).toThrow('I5')
  })

  test('I7: an entry beside one whose fate is open', () => {
    const world = begun({ order: ({ leg }) => (leg === 'entry' ? { kind: 'late', ms: 9_000 } : { kind: 'none' }) })
    watch(world)
    world.enter()
    expect(() => sends(world, named(request(world, 'entry'), 'another'))).toThrow('I7')
  })

  test('I7: an entry beside a position', () => {
    const world = opened()
    watch(world)
    expect(() => sends(world, named(request(world, 'entry'), 'another', { tradeId: 'other' }))).toThrow('I7')
  })

  test('I9: a latch that goes without anybody', () => {
    const world = opened()
    watch(world)
    world.command({ name: 'kill', reason: 'a person' })
    world.engine.account.latches.clear('KILL', null, { by: 'x', reason: 'y', time: epochMs(world.now) })
    expect(() => world.price(BTC, 50_000)).toThrow('I9')
  })

  test('I9: an entry in spite of a latch', () => {
    const world = opened()
    watch(world)
    world.price(ETH, 2_500)
    world.command({ name: 'kill', reason: 'a person' })
    expect(() => sends(world, named(request(world, 'entry'), 'another', { instrument: ETH, tradeId: 'e' }))).toThrow(
      'I9',
    )
  })

  test('I10, I11: a fill that is counted twice, or taken back', () => {
    const world = opened()
    watch(world)
    world.price(BTC, 50_000)
    const stop = [...world.engine.orders.values()].find((order) => order.request.leg === 'stop')!
    stop.fills.push('t1', 't1')
    expect(() => world.price(BTC, 50_001)).toThrow('I11')
    stop.fills.length = 0
    stop.filled = quantity(9)
    expect(() => world.price(BTC, 50_002)).toThrow('I10')
  })

  test('I13: an entry on no data', () => {
    const world = opened()
    watch(world)
    expect(() => sends(world, named(request(world, 'entry'), 'another', { instrument: ETH, tradeId: 'e' }))).toThrow(
      'I13',
    )
  })

  test('I14: a figure that was taken over unexplained', () => {
    const world = opened()
    const watched = watch(world)
    world.venue.transfer(-100)
    world.run(at(40))
    expect(() => watched.explained()).toThrow('I14')
  })

  test('I14: trades that tell another result than the wallet', () => {
    const world = begun()
    const watched = watch(world)
    world.enter()
    world.run(at(3))
    world.price(BTC, 52_000)
    world.run(at(10))
    const told = world.trades.pop()!
    expect(() => watched.explained()).toThrow('I14')
    world.trades.push(told)
    watched.explained()
  })

  test('I14: a position that was taken over, while entries go on', () => {
    const world = opened()
    const watched = watch(world, LOOKS_MS)
    world.venue.manual(BTC, 1)
    world.run(at(20))
    watched.stopped()
    world.command({ name: 'clear_latch', code: 'RECONCILE', symbol: null, by: 'a person', reason: 'looked at it' })
    expect(() => watched.stopped()).toThrow('I14')
  })

  test('I14: a position that was taken over twice', () => {
    const world = opened()
    const watched = watch(world, LOOKS_MS)
    world.venue.manual(BTC, 1)
    world.run(at(20))
    world.venue.manual(BTC, 1)
    world.run(at(40))
    expect(() => watched.stopped()).toThrow('I14')
  })

  test('I17: an entry beside what a person holds, and an exit of it', () => {
    const world = opened()
    watch(world)
    const [entry, target] = [request(world, 'entry'), request(world, 'target')]
    world.price(BTC, 52_000)
    world.run(at(5))
    world.venue.manual(BTC, 10)
    world.run(at(40))
    expect(() => sends(world, named(entry, 'x1', { tradeId: 'other' }))).toThrow('I17')
    expect(() => sends(world, named(target, 'x2'))).toThrow('I17')
  })

  test('I6: what a person holds, and no latch keeps entries away from it', () => {
    const world = begun()
    const watched = watch(world)
    world.venue.manual(BTC, 10)
    world.run(at(40))
    watched.quiescent()
    world.command({ name: 'clear_latch', code: 'FOREIGN', symbol: null, by: 'a person', reason: 'looked at it' })
    expect(() => watched.quiescent()).toThrow('I6')
  })

  test('I16: an order whose fate stays open, and a restart that sends', () => {
    const world = begun({ order: ({ leg }) => (leg === 'entry' ? { kind: 'late', ms: 90_000 } : { kind: 'none' }) })
    const watched = watch(world)
    world.enter()
    world.run(at(3))
    expect(() => watched.quiescent()).toThrow('I16')
    expect(() => watched.unmoved(0)).toThrow('I16')
  })
})
