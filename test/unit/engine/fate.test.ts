import { describe, expect, test } from 'vitest'
import { KIND, type Mischief } from '../../simulation/mischief.ts'
import {
  at,
  begun,
  books,
  codes,
  held,
  latches,
  ledger,
  only,
  opened,
  protection,
  sent,
  stateOf,
} from '../../simulation/scene.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { BTC, wanted } from '../../fixture/engine-scene.ts'
import { ETH, type World } from '../../simulation/world.ts'

describe('an order that never arrived', () => {
  test('is proven absent by three looks after request life and venue lag, not before, and never sent again', () => {
    const world = begun(only('entry', { kind: 'lose_request', told: true }))
    world.enter()
    // Sent at 1 s; the request lives 5 s, the venue lags 5 s: looks count from 11 s on, a second apart.
    world.run(at(12.9))
    expect(stateOf(world, 'entry')).toBe('unknown')
    expect(world.engine.states[0]!.trade).not.toBeNull()
    world.run(at(20))
    expect(stateOf(world, 'entry')).toBe('over')
    expect(world.engine.states[0]!.trade).toBeNull()
    expect(world.engine.account.exposure.working).toBe(0)
    expect(sent(world, 'entry')).toBe(1)
  })

  test('two looks prove nothing, nor do three within a second, nor those before the end of life and lag', () => {
    const world = begun({ ...only('entry', { kind: 'lose_request', told: false }), queryFails: () => true })
    world.enter()
    const [order] = world.venue.submitted
    const look = (asked: number): string => {
      world.tell({
        kind: 'order_absent',
        time: epochMs(at(asked)),
        venueTime: epochMs(at(asked)),
        instrument: BTC,
        clientOrderId: order!.clientOrderId,
        askedAt: epochMs(at(asked)),
      })
      return stateOf(world, 'entry')
    }
    const told = [8, 9, 10.9, 11, 11.5, 11.9, 12, 12.9, 13].map(look)
    expect(told.slice(0, -1)).not.toContain('over')
    expect(told.at(-1)).toBe('over')
  })

  test('counts in full until then', () => {
    const world = begun(only('entry', { kind: 'lose_request', told: true }))
    world.enter()
    world.run(at(10))
    expect(world.engine.account.exposure.workingBuyNotional[0]).toBeGreaterThan(1_000)
    world.enter()
    world.run(at(11))
    expect(sent(world, 'entry')).toBe(1)
  })

  test('a question that fails is no absence', () => {
    const world = begun({ ...only('entry', { kind: 'lose_request', told: true }), queryFails: () => true })
    world.enter()
    world.run(at(60))
    expect(stateOf(world, 'entry')).toBe('unknown')
    world.venue.mischief = KIND
    world.run(at(70))
    expect(stateOf(world, 'entry')).toBe('over')
  })

  test('nobody says anything: it is asked about all the same', () => {
    const world = begun(only('entry', { kind: 'lose_request', told: false }))
    world.enter()
    world.run(at(25))
    expect(stateOf(world, 'entry')).toBe('over')
  })

  test('a target is placed again, and the position is kept', () => {
    const world = begun(only('target', { kind: 'lose_request', told: true }))
    world.enter()
    world.run(at(10))
    world.venue.mischief = KIND
    world.run(at(30))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect([sent(world, 'target'), sent(world, 'exit')]).toEqual([2, 0])
  })
})

describe('an order that turns up late', () => {
  test('an immediate entry within its life is adopted and protected', () => {
    const world = begun(only('entry', { kind: 'late', ms: 4_500 }))
    world.enter()
    world.run(at(7))
    expect(protection(world)).toEqual(['stop', 'target'])
    expect(books(world)).toEqual(ledger(world))
  })

  test('a resting entry whose trade is over is withdrawn', () => {
    const world = begun(only('entry', { kind: 'late', ms: 60_000 }), {
      file: { entry: { order_type: 'limit', limit_timeout_secs: 600 } },
    })
    world.enter()
    world.venue.price(BTC, 50_100)
    // Nothing tells of it but the next look at the account.
    world.run(at(85))
    expect(world.venue.live(BTC)).toEqual([])
    expect(held(world)).toBe(0)
    expect(world.engine.orders.size).toBe(0)
  })

  test('a resting entry whose trade is over counts, bars the next one and is withdrawn until it is gone', () => {
    let cancels = 0
    const world = begun(
      { ...only('entry', { kind: 'late', ms: 60_000 }), cancelLost: () => cancels++ < 4 },
      { file: { entry: { order_type: 'limit', limit_timeout_secs: 20 } } },
    )
    world.enter()
    world.price(BTC, 50_500)
    world.run(at(40))
    expect(world.engine.states[0]!.trade).toBeNull()
    expect(world.engine.account.exposure.working).toBe(0)
    // Nobody tells of it: the next look at the account finds it.
    world.run(at(72))
    expect(world.venue.live(BTC, 'entry')).toHaveLength(1)
    expect(world.engine.account.exposure.working).toBe(1)
    const again = (): void => {
      world.price(BTC, 50_500)
      // The signal was traded: it has to go before it counts anew.
      world.bar(BTC, 50_500)
      world.bar(BTC, 50_500, [wanted('LONG', { entry: 50_500, stop: 50_000, target: 51_500 })])
    }
    again()
    expect(sent(world, 'entry')).toBe(1)
    world.run(at(85))
    expect(world.venue.live(BTC)).toEqual([])
    expect(world.engine.account.exposure.working).toBe(0)
    again()
    expect(sent(world, 'entry')).toBe(2)
  })

  describe('and whose first news is a fill of a part', () => {
    /** A LONG of BTC at 50 000 that was taken for never accepted, and arrives after a minute. */
    function late(mischief: Partial<Mischief> = {}): World {
      const world = begun(
        { ...only('entry', { kind: 'late', ms: 60_000 }), share: () => 0.4, ...mischief },
        { file: { entry: { order_type: 'limit', limit_timeout_secs: 600 } } },
      )
      world.enter()
      world.price(BTC, 50_500)
      world.run(at(61.5))
      expect(world.engine.states[0]!.trade).toBeNull()
      expect(world.venue.live(BTC, 'entry')).toHaveLength(1)
      world.price(BTC, 50_000)
      return world
    }

    test('is withdrawn, and what it filled is protected', () => {
      const world = late()
      world.run(at(61.7))
      expect(world.venue.live(BTC, 'entry')).toEqual([])
      const filled = held(world)
      expect(filled).toBeGreaterThan(0)
      expect(protection(world)).toEqual(['stop', 'target'])
      world.price(BTC, 50_000)
      world.run(at(90))
      expect(held(world)).toBe(filled)
      expect(world.engine.account.exposure.working).toBe(0)
      expect(stateOf(world, 'entry')).toBe('over')
      expect(books(world)).toEqual(ledger(world))
    })

    test('counts with its rest and is withdrawn until it is gone', () => {
      let cancels = 0
      const world = late({ cancelLost: () => cancels++ < 2 })
      world.run(at(61.7))
      const [entry] = world.venue.live(BTC, 'entry')
      const { exposure } = world.engine.account
      expect(exposure.workingBuyNotional[0]).toBeCloseTo(entry!.left.times(50_000).toNumber(), 6)
      expect(entry!.left.eq(entry!.request.quantity)).toBe(false)
      world.run(at(66))
      expect(world.venue.live(BTC, 'entry')).toEqual([])
      expect(exposure.working).toBe(0)
      expect(protection(world)).toEqual(['stop', 'target'])
    })

    test('is withdrawn also where the look at the account tells of the fill', () => {
      const world = late({ news: (event) => (event.kind === 'order_filled' ? [] : [0]) })
      world.run(at(61.7))
      expect(world.venue.live(BTC, 'entry')).toHaveLength(1)
      world.run(at(72))
      expect(world.venue.live(BTC, 'entry')).toEqual([])
      expect(world.engine.account.exposure.working).toBe(0)
      expect(protection(world)).toEqual(['stop', 'target'])
    })

    test('is withdrawn although the trade that came back is over again', () => {
      const world = late({ cancelLost: () => true })
      world.run(at(61.7))
      world.price(BTC, 51_100)
      world.price(BTC, 51_100)
      world.venue.mischief = KIND
      world.price(BTC, 51_100)
      world.run(at(70))
      expect(held(world)).toBe(0)
      expect(world.venue.live(BTC)).toEqual([])
      expect(world.engine.account.exposure.working).toBe(0)
    })
  })

  test('an entry of a trade that is over counts in the next process too', () => {
    const world = begun(
      { ...only('entry', { kind: 'late', ms: 60_000 }), cancelLost: () => true },
      { file: { entry: { order_type: 'limit', limit_timeout_secs: 20 } } },
    )
    world.enter()
    world.price(BTC, 50_500)
    world.run(at(75))
    expect(world.engine.account.exposure.working).toBe(1)
    world.kill()
    world.start()
    expect(world.engine.account.exposure.working).toBe(1)
    world.venue.mischief = KIND
    world.run(at(80))
    expect(world.venue.live(BTC)).toEqual([])
    expect(world.engine.account.exposure.working).toBe(0)
  })

  test('a stop that was given up and fills in part is withdrawn', () => {
    const world = begun({
      order: (r) =>
        r.leg === 'stop' && r.clientOrderId.endsWith('001') ? { kind: 'late', ms: 60_000 } : { kind: 'none' },
    })
    world.enter()
    world.run(at(61.5))
    expect(world.venue.live(BTC, 'stop')).toHaveLength(2)
    world.venue.mischief = { ...KIND, share: () => 0.3 }
    world.price(BTC, 49_400)
    world.run(at(61.6))
    // Both were triggered; one of them is the trade's.
    expect(world.venue.live(BTC, 'stop').map((o) => o.request.clientOrderId)).not.toContain(
      world.venue.submitted.find((o) => o.leg === 'stop')!.clientOrderId,
    )
  })

  test('one stop too many is withdrawn', () => {
    const world = begun({
      order: (r) =>
        r.leg === 'stop' && r.clientOrderId.endsWith('001') ? { kind: 'late', ms: 30_000 } : { kind: 'none' },
    })
    world.enter()
    world.run(at(45))
    expect(sent(world, 'stop')).toBe(2)
    expect(protection(world)).toEqual(['stop', 'target'])
  })
})

describe('a resting order that is gone', () => {
  test('without a word is found by the regular look, and placed again', () => {
    const world = opened()
    world.run(at(20))
    world.venue.drop(BTC, 'stop', true)
    world.run(at(23.2))
    expect(sent(world, 'stop')).toBe(2)
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('one absence is nothing when it is seen again', () => {
    const world = opened()
    const stop = world.venue.live(BTC, 'stop')[0]!
    stop.hiddenUntil = at(8)
    world.run(at(60))
    expect(sent(world, 'stop')).toBe(1)
    expect(world.engine.orders.get(stop.request.clientOrderId)!.absences).toBe(0)
  })

  test('a stop that is not shown soon after it was confirmed is not lost yet, but gets company', () => {
    const world = opened()
    world.venue.live(BTC, 'stop')[0]!.hiddenUntil = at(10)
    world.run(at(9.5))
    expect(codes(world)).toContain('STOP_UNSEEN')
    expect(codes(world)).not.toContain('ORDER_VANISHED')
    world.run(at(60))
    expect(sent(world, 'stop')).toBe(2)
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('no trace anywhere, twice: it has vanished', () => {
    const world = opened()
    world.run(at(14))
    world.venue.live(BTC, 'stop')[0]!.hiddenUntil = at(1_000)
    world.run(at(19))
    expect(codes(world)).toContain('ORDER_VANISHED')
    expect(sent(world, 'stop')).toBe(2)
  })

  test('news that its fate is unknown do not unsettle an order that is known to rest', () => {
    const world = opened()
    const id = world.venue.live(BTC, 'stop')[0]!.request.clientOrderId
    const time = world.engine.states[0]!.priceTime
    world.tell({ kind: 'order_unknown', time, venueTime: time, instrument: BTC, clientOrderId: id, message: 'late' })
    expect(world.engine.orders.get(id)!.state).toBe('accepted')
  })
})

test('a cancel without an answer is said again, also by the next process', () => {
  const world = begun({ cancelLost: () => true }, { file: { entry: { order_type: 'limit', limit_timeout_secs: 600 } } })
  world.enter(ETH)
  // The price goes away before it could fill.
  world.venue.price(ETH, 2_510)
  world.run(at(2))
  world.command({ name: 'kill', reason: 'a person' })
  world.run(at(8))
  expect(world.venue.live(ETH, 'entry')).toHaveLength(1)
  world.kill()
  world.venue.mischief = KIND
  world.start()
  world.run(at(9))
  expect(world.venue.live(ETH, 'entry')).toEqual([])
  expect(latches(world)).toEqual(['KILL'])
})
