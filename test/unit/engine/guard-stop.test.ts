import { describe, expect, test } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { BTC } from '../../fixture/engine-scene.ts'
import { KIND, type OrderFault } from '../../simulation/mischief.ts'
import { at, begun, codes, held, only, opened, protection, sent } from '../../simulation/scene.ts'

describe('a stop that is not confirmed', () => {
  test('gets company after two seconds', () => {
    let lost = 0
    const world = begun({
      order: ({ leg }) => (leg === 'stop' && lost++ === 0 ? { kind: 'lose_request', told: false } : { kind: 'none' }),
    })
    world.enter()
    world.run(at(2.9))
    expect(sent(world, 'stop')).toBe(1)
    world.run(at(3.2))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(codes(world)).toEqual(['STOP_UNCONFIRMED'])
    world.run(at(30))
    expect(sent(world, 'exit')).toBe(0)
  })

  test('neither that one: the position is left at market within five seconds', () => {
    const world = begun(only('stop', { kind: 'lose_request', told: true }))
    world.enter()
    world.run(at(5.9))
    expect(held(world)).toBe(0)
    expect(sent(world, 'stop')).toBe(2)
    world.run(at(6))
    expect(world.trades.map((t) => t.exitReason)).toEqual(['unprotected'])
  })

  test('refused: the position is left at once', () => {
    const world = begun(only('stop', { kind: 'reject' }))
    world.enter()
    world.run(at(1.5))
    expect(held(world)).toBe(0)
    expect(codes(world)).toContain('STOP_REJECTED')
  })

  test('its acknowledgement is lost and it is found by asking: nothing more', () => {
    const world = begun(only('stop', { kind: 'lose_answer', told: true }))
    world.enter()
    world.run(at(30))
    expect(sent(world, 'stop')).toBe(1)
    expect(protection(world)).toEqual(['stop', 'target'])
  })
})

describe('an exit without a stop', () => {
  test.each([true, false])('that is lost on its way (told: %s) gets company within five seconds', (told) => {
    let exits = 0
    const world = begun({
      order: ({ leg }) => {
        if (leg === 'stop') return { kind: 'reject' }
        return leg === 'exit' && exits++ === 0 ? { kind: 'lose_request', told } : { kind: 'none' }
      },
    })
    world.enter()
    world.run(at(2.9))
    expect(sent(world, 'exit')).toBe(1)
    world.run(at(3.2))
    expect(held(world)).toBe(0)
    expect(codes(world)).toContain('EXIT_UNCONFIRMED')
    world.run(at(60))
    expect(sent(world, 'exit')).toBe(2)
    expect(world.trades).toHaveLength(1)
  })

  test('whose requests are all lost is sent every two seconds, six at the most whose fate is open', () => {
    const world = begun({
      order: ({ leg }) =>
        leg === 'stop' ? { kind: 'reject' } : leg === 'exit' ? { kind: 'lose_request', told: true } : { kind: 'none' },
    })
    world.enter()
    world.run(at(6))
    expect(sent(world, 'exit')).toBe(3)
    world.run(at(13.9))
    expect(sent(world, 'exit')).toBe(6)
    world.venue.mischief = KIND
    world.run(at(40))
    expect(held(world)).toBe(0)
    expect(sent(world, 'exit')).toBe(7)
  })

  test('whose executed part alone was told is asked about, and the rest is closed', () => {
    let exits = 0
    const world = begun({
      order: ({ leg }) =>
        leg === 'stop' ? { kind: 'reject' } : leg === 'exit' ? (exits++, { kind: 'none' }) : { kind: 'none' },
      share: () => (exits === 1 ? 0.5 : 1),
      news: (event) => (event.kind === 'order_expired' ? [] : [0]),
    })
    world.enter()
    world.run(at(6))
    expect(held(world)).toBe(0)
    expect(sent(world, 'exit')).toBe(2)
  })

  test('that may have closed the position, as its stop has gone, is asked about before another one is sent', () => {
    const world = opened()
    world.venue.mischief = {
      ...KIND,
      // It arrives between two questions about it, and nothing but the stop's end is told of what it did.
      ...only('exit', { kind: 'late', ms: 2_000 }),
      news: (event) => (event.kind === 'order_filled' ? [] : [0]),
      snapshotFails: () => true,
    }
    world.command({ name: 'force_exit', tradeId: 'all' })
    world.run(at(4.2))
    expect(world.trades.map((t) => t.exitReason)).toEqual(['forced'])
    world.run(at(30))
    expect(sent(world, 'exit')).toBe(1)
    expect(codes(world)).toEqual([])
  })

  test('without an answer, whose position has gone with its stop: the account is looked at before another one is sent', () => {
    const world = opened()
    const stop = world.venue.live(BTC, 'stop')[0]!.request
    world.venue.mischief = {
      ...KIND,
      ...only('exit', { kind: 'lose_answer', told: false }),
      news: (event) => (event.kind === 'order_filled' || event.kind === 'order_canceled' ? [] : [0]),
    }
    world.command({ name: 'force_exit', tradeId: 'all' })
    world.run(at(2.1))
    const time = epochMs(at(2.1))
    // So Binance ends an order that has nothing left to reduce.
    const told = { time, venueTime: time, instrument: BTC, clientOrderId: stop.clientOrderId, reason: 'expired' }
    world.tell({ kind: 'order_expired', ...told })
    world.run(at(2.2))
    expect(world.trades.map((t) => t.exitReason)).toEqual(['forced'])
    world.run(at(30))
    expect(sent(world, 'exit')).toBe(1)
    expect(codes(world)).toEqual([])
  })

  test('beside a stop that rests is waited for: never two', () => {
    const world = opened()
    world.venue.mischief = { ...KIND, ...only('exit', { kind: 'lose_request', told: true }) }
    world.command({ name: 'force_exit', tradeId: 'all' })
    world.run(at(12))
    expect(sent(world, 'exit')).toBe(1)
    expect(protection(world)).toContain('stop')
  })
})

describe('a stop for a part of the position', () => {
  const limit = { file: { entry: { order_type: 'limit' } } } as const

  test('protects that part only: the one that replaces it gets company after two seconds as well', () => {
    let stops = 0
    const fault = (leg: string): OrderFault =>
      leg === 'stop' && ++stops === 2 ? { kind: 'lose_request', told: false } : { kind: 'none' }
    const world = begun({ share: () => 0.5, order: ({ leg }) => fault(leg) }, limit)
    world.enter()
    world.run(at(2))
    world.venue.mischief = { ...world.venue.mischief, share: () => 1 }
    world.venue.price(BTC, 50_000)
    world.run(at(3.9))
    expect(stops).toBe(2)
    expect(protection(world)[0]).toMatch(/^stop of /)
    world.run(at(4.3))
    expect(codes(world)).toEqual(['STOP_UNCONFIRMED'])
    expect(protection(world)).toEqual(['stop', 'target'])
    world.run(at(30))
    expect([sent(world, 'stop'), sent(world, 'exit')]).toEqual([3, 0])
  })

  test('is no reason to wait after a death before the next one was sent', () => {
    const world = begun({ share: () => 0.5 }, limit)
    world.enter()
    world.run(at(2))
    world.venue.mischief = { ...world.venue.mischief, share: () => 1 }
    world.dies = (_event, effects) =>
      effects.some((e) => e.kind === 'submit' && e.order.leg === 'stop') ? 'after_commit' : null
    world.venue.price(BTC, 50_000)
    world.run(at(2.1))
    expect(world.alive).toBe(false)
    world.dies = () => null
    world.start()
    world.run(at(4.9))
    expect(protection(world)).toContain('stop')
  })
})

describe('after a death between the commit and the sending', () => {
  test('of the stop: the next process places another at its first look', () => {
    const world = begun()
    world.dies = (_event, effects) =>
      effects.some((e) => e.kind === 'submit' && e.order.leg === 'stop') ? 'after_commit' : null
    world.enter()
    world.run(at(4))
    expect(world.alive).toBe(false)
    expect(world.venue.live(BTC)).toEqual([])
    world.dies = () => null
    world.start()
    world.run(at(4.2))
    expect(protection(world)).toContain('stop')
    expect(world.corrections).toContain('naked_position')
    world.run(at(60))
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('of the exit: it is proven absent and sent anew', () => {
    const world = begun()
    world.enter()
    world.run(at(2))
    world.dies = (_event, effects) => (effects.some((e) => e.kind === 'submit') ? 'after_commit' : null)
    world.command({ name: 'force_exit', tradeId: 'all' })
    expect(world.alive).toBe(false)
    world.dies = () => null
    world.start()
    world.run(at(30))
    expect(held(world)).toBe(0)
    expect(world.venue.submitted.filter((o) => o.leg === 'exit')).toHaveLength(1)
  })

  test('an exit that was to be tried again is, although the stop was refused', () => {
    const world = begun({
      order: ({ leg }) => (leg === 'stop' || leg === 'exit' ? { kind: 'reject' } : { kind: 'none' }),
    })
    world.enter()
    world.run(at(10))
    expect(held(world)).toBeGreaterThan(0)
    world.kill()
    world.venue.mischief = KIND
    world.start()
    world.run(at(11))
    expect(held(world)).toBe(0)
  })
})
