import { describe, expect, test } from 'vitest'
import { NOT_PLACED, type ClientOrderId, type Leg } from '../../../src/domain/order.ts'
import { BTC } from '../../fixture/engine-scene.ts'
import { KIND, type Mischief } from '../../simulation/mischief.ts'
import { at, begun, codes, held, only, opened, protection, sent } from '../../simulation/scene.ts'
import type { World } from '../../simulation/world.ts'

const refused = (leg: Leg, code = 'NOT_SENT'): Partial<Mischief> => only(leg, { kind: 'reject', code })

/** Half of the position has been taken at its target: a smaller stop is to replace the one that rests, and is not placed. */
function shrinking(code?: string): World {
  const world = opened()
  world.venue.mischief = { ...KIND, ...refused('stop', code), share: () => 0.5 }
  world.price(BTC, 51_000)
  world.price(BTC, 50_500)
  return world
}

const stopIds = (world: World): readonly ClientOrderId[] =>
  world.venue.submitted.filter((o) => o.leg === 'stop').map((o) => o.clientOrderId)

describe('a stop that was certainly not placed while another one rests', () => {
  test.each(NOT_PLACED)('(%s) is tried again ever less often, and the position is kept', (code) => {
    const world = shrinking(code)
    const before = held(world)
    world.run(at(2.5))
    expect(sent(world, 'stop')).toBe(2)
    expect(world.engine.settled()).toBe(false)
    // After 0.5, 1, 2 and 4 s.
    world.run(at(9.6))
    expect(sent(world, 'stop')).toBe(5)
    world.run(at(9.8))
    expect(sent(world, 'stop')).toBe(6)
    expect(new Set(stopIds(world)).size).toBe(6)
    expect(sent(world, 'exit')).toBe(0)
    expect(held(world)).toBe(before)
    expect(world.venue.live(BTC, 'stop')).toHaveLength(1)
    expect(codes(world)).toEqual(['STOP_PUT_OFF'])
    world.venue.mischief = KIND
    world.run(at(30))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect([sent(world, 'stop'), sent(world, 'exit')]).toEqual([7, 0])
    expect(world.engine.settled()).toBe(true)
  })

  test('for minutes waits no longer than 30 s', () => {
    const world = shrinking()
    world.run(at(300))
    const before = sent(world, 'stop')
    world.run(at(600))
    expect(sent(world, 'stop') - before).toBe(10)
    expect(sent(world, 'exit')).toBe(0)
  })

  test('is placed at once when that one goes', () => {
    const world = shrinking()
    world.run(at(12))
    const before = sent(world, 'stop')
    world.venue.mischief = KIND
    world.venue.drop(BTC, 'stop', false)
    world.run(at(12.1))
    expect(sent(world, 'stop')).toBe(before + 1)
    expect(protection(world)).toEqual(['stop', 'target'])
    world.run(at(60))
    expect(sent(world, 'stop')).toBe(before + 1)
  })

  test('when that one goes and none can be placed, the position is left within five seconds', () => {
    const world = shrinking()
    world.run(at(12))
    world.venue.drop(BTC, 'stop', false)
    world.run(at(15.9))
    expect(sent(world, 'exit')).toBe(0)
    world.run(at(16.9))
    expect(sent(world, 'exit')).toBeGreaterThan(0)
  })

  test('is placed by the next process at its first look', () => {
    const world = shrinking()
    world.run(at(12))
    world.kill()
    world.venue.mischief = KIND
    world.start()
    world.run(at(12.2))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(sent(world, 'exit')).toBe(0)
    expect(world.corrections).not.toContain('naked_position')
  })

  test.each(['BAD_KEY', 'BAD_SIGNATURE', 'NOT_PERMITTED', 'EGRESS', 'KILL_LATCH'])(
    'for a reason that does not pass (%s) is not tried again',
    (code) => {
      const world = shrinking(code)
      world.run(at(3))
      expect(codes(world)).toContain('STOP_REJECTED')
      expect(sent(world, 'stop')).toBe(2)
      expect(sent(world, 'exit')).toBeGreaterThan(0)
    },
  )
})

describe('a stop that was certainly not placed while none rests', () => {
  test('once is placed half a second later', () => {
    let stops = 0
    const world = begun({
      order: ({ leg }) =>
        leg === 'stop' && stops++ === 0 ? { kind: 'reject', code: 'RATE_LIMITED' } : { kind: 'none' },
    })
    world.enter()
    world.run(at(1.5))
    expect(protection(world)).toEqual(['target'])
    world.run(at(1.7))
    expect(protection(world)).toEqual(['stop', 'target'])
    world.run(at(60))
    expect([sent(world, 'stop'), sent(world, 'exit')]).toEqual([2, 0])
    expect(codes(world)).toEqual(['STOP_PUT_OFF'])
  })

  test.each(NOT_PLACED)('(%s) again and again: the position is left at market within five seconds', (code) => {
    const world = begun(refused('stop', code))
    world.enter()
    world.run(at(4.9))
    expect(sent(world, 'exit')).toBe(0)
    world.run(at(5.5))
    expect(held(world)).toBe(0)
    world.run(at(6))
    expect(world.trades.map((t) => t.exitReason)).toEqual(['unprotected'])
    expect(sent(world, 'exit')).toBe(1)
  })

  test('after one whose fate is unknown: the five seconds are those of the first', () => {
    let stops = 0
    const world = begun({
      order: ({ leg }) => {
        if (leg !== 'stop') return { kind: 'none' }
        return stops++ === 0 ? { kind: 'lose_request', told: true } : { kind: 'reject', code: 'NOT_SENT' }
      },
    })
    world.enter()
    world.run(at(5.5))
    expect(held(world)).toBe(0)
  })
})

describe('a target that was certainly not placed', () => {
  test.each(NOT_PLACED)('(%s) is tried again, and the position is kept behind its stop', (code) => {
    const world = begun(refused('target', code))
    world.enter()
    world.run(at(4.9))
    // After 0.5, 1 and 2 s.
    expect(sent(world, 'target')).toBe(4)
    world.run(at(60))
    expect(held(world)).not.toBe(0)
    expect(protection(world)).toEqual(['stop'])
    expect(codes(world)).toEqual(['TARGET_PUT_OFF'])
    world.venue.mischief = KIND
    world.run(at(95))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect([sent(world, 'stop'), sent(world, 'exit')]).toEqual([1, 0])
  })

  test('is placed by the next process at its first look', () => {
    const world = begun(refused('target'))
    world.enter()
    world.run(at(30))
    world.kill()
    world.venue.mischief = KIND
    world.start()
    world.run(at(30.2))
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('is not placed while the position is being left', () => {
    const world = begun(refused('target'))
    world.enter()
    world.run(at(2))
    const before = sent(world, 'target')
    world.venue.mischief = { ...KIND, ...refused('exit') }
    world.command({ name: 'force_exit', tradeId: 'all' })
    world.run(at(40))
    expect(sent(world, 'target')).toBe(before)
    expect(protection(world)).toEqual(['stop'])
  })
})
