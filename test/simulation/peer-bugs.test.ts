import { describe, expect, test } from 'vitest'
import type { AccountEvent } from '../../src/domain/event.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import type { Leg } from '../../src/domain/order.ts'
import { epochMs } from '../../src/domain/unit.ts'
import { BTC, NOON, wanted } from '../fixture/engine-scene.ts'
import { KIND, type Mischief } from './mischief.ts'
import { createWorld, ETH, type World, type WorldOptions } from './world.ts'

/** What went wrong in other bots, each as they would have met it; named by where it was reported and what it teaches. */

const at = (seconds: number): number => NOON + seconds * 1_000

function begun(mischief: Partial<Mischief> = {}, options: WorldOptions = {}): World {
  const world = createWorld(options)
  world.start()
  world.run(at(1))
  world.venue.mischief = { ...KIND, ...mischief }
  return world
}

/** With a protected LONG of BTC from 50 000, stop 49 500, target 51 000. */
function opened(options: WorldOptions = {}): World {
  const world = begun({}, options)
  world.enter()
  world.run(at(2))
  expect(protection(world)).toEqual(['stop', 'target'])
  return world
}

const sent = (world: World, leg: Leg): number => world.venue.submitted.filter((o) => o.leg === leg).length
const held = (world: World, instrument: Instrument = BTC): number => world.venue.held(instrument).signed.toNumber()
/** Legs of the orders that rest, each for all of the position. */
function protection(world: World, instrument: Instrument = BTC): readonly string[] {
  const { signed } = world.venue.held(instrument)
  return world.venue
    .live(instrument)
    .map((o) => (o.left.eq(signed.abs()) ? o.request.leg : `${o.request.leg} of ${o.left.toString()}`))
    .toSorted()
}
const codes = (world: World): readonly string[] => world.alerts.map((a) => a.code)
function agree(world: World): void {
  for (const instrument of [BTC, ETH])
    expect(world.engine.account.books.position(instrument).signed.toString()).toBe(
      world.venue.held(instrument).signed.toString(),
    )
  expect(world.engine.account.books.wallet.toFixed(2)).toBe(world.venue.wallet.toFixed(2))
}
const limit = { file: { entry: { order_type: 'limit', limit_timeout_secs: 20 } } } as const

test('catalyst #315, hummingbot #493: a timeout is no failure; the order is executed once', () => {
  const world = begun({
    order: ({ leg }) => (leg === 'entry' ? { kind: 'lose_answer', told: true } : { kind: 'none' }),
    news: (event) => ('clientOrderId' in event && event.clientOrderId.includes('e') ? [] : [0]),
  })
  world.enter()
  world.run(at(30))
  expect(sent(world, 'entry')).toBe(1)
  expect(protection(world)).toEqual(['stop', 'target'])
  agree(world)
})

test('hummingbot #3374: orders whose replies were lost and that fill later are adopted', () => {
  const world = begun(
    {
      order: ({ leg }) => (leg === 'entry' ? { kind: 'lose_answer', told: true } : { kind: 'none' }),
      queryFails: () => true,
      snapshotFails: () => true,
    },
    limit,
  )
  world.enter(BTC)
  world.enter(ETH)
  world.run(at(3))
  world.connection('down')
  world.venue.price(BTC, 49_990)
  world.venue.price(ETH, 2_499)
  world.run(at(6))
  world.venue.mischief = KIND
  world.connection('up')
  world.run(at(9))
  expect(held(world)).toBeGreaterThan(0)
  expect(protection(world)).toEqual(['stop', 'target'])
  expect(protection(world, ETH)).toEqual(['stop', 'target'])
  agree(world)
})

test('hummingbot #7503: a close whose fill is hidden is not closed again', () => {
  const world = opened()
  world.venue.mischief = { ...KIND, news: () => [] }
  world.price(BTC, 49_400)
  world.run(at(4))
  expect(held(world)).toBe(0)
  world.run(at(30))
  expect(sent(world, 'exit')).toBe(0)
  expect(world.trades.map((t) => t.exitReason)).toEqual(['stop'])
  agree(world)
})

describe('hummingbot #6609, OpenAlice #91: a stop that is not seen is not placed again and again', () => {
  const hidden = (ms: number): Partial<Mischief> => ({ hiddenMs: ({ leg }) => (leg === 'stop' ? ms : 0) })

  test('hidden for less than the venue may lag', () => {
    const world = begun(hidden(4_000))
    world.enter()
    world.run(at(40))
    expect(sent(world, 'stop')).toBe(1)
    expect(protection(world)).toEqual(['stop', 'target'])
  })

  test('hidden for a minute: one too many at most, and one in the end', () => {
    const world = begun(hidden(60_000))
    let most = 0
    world.observe = () => {
      most = Math.max(most, world.venue.live(BTC, 'stop').length)
    }
    world.enter()
    world.run(at(8))
    world.venue.mischief = KIND
    world.run(at(120))
    expect(most).toBeLessThanOrEqual(2)
    expect(protection(world)).toEqual(['stop', 'target'])
  })
})

test('hummingbot #2534: a kill whose cancels fail goes on cancelling, and its latch holds', () => {
  const world = begun({}, limit)
  world.enter()
  world.run(at(2))
  // The price has run away from the resting entry.
  const lost = { count: 0 }
  world.venue.mischief = { ...KIND, cancelLost: () => lost.count++ < 3 }
  world.venue.price(BTC, 50_100)
  world.bar(ETH, 2_500)
  world.command({ name: 'kill', reason: 'a person' })
  world.run(at(12))
  expect(world.venue.live(BTC, 'entry')).toEqual([])
  expect(world.engine.account.latches.state).toBe('HALTED')
})

test('hummingbot #720, #1508: after a stop no order opens anything', () => {
  const world = begun({ order: () => ({ kind: 'late', ms: 2_000 }) })
  world.enter()
  world.command({ name: 'stop_entry', reason: 'a person' })
  world.run(at(5))
  const before = sent(world, 'entry')
  world.enter(ETH)
  world.kill()
  world.start()
  world.run(at(10))
  world.enter(ETH)
  world.run(at(20))
  expect(sent(world, 'entry')).toBe(before)
})

/** A resting entry fills by half and is then withdrawn; of the fill only this is heard. */
function halfFilled(fillNews: readonly number[]): World {
  const world = begun(
    { share: () => 0.5, news: (event: AccountEvent) => (event.kind === 'order_filled' ? fillNews : [0]) },
    limit,
  )
  world.enter()
  world.run(at(2))
  world.venue.mischief = { ...world.venue.mischief, share: () => 1 }
  world.tell({
    kind: 'command',
    time: world.engine.views[0]!.priceTime,
    command: { name: 'stop_entry', reason: 'no more' },
  })
  return world
}

test('freqtrade #3647: an order told as cancelled had filled; its position is protected', () => {
  const world = halfFilled([25_000])
  world.venue.mischief = { ...world.venue.mischief, snapshotFails: () => true, queryFails: () => true }
  world.run(at(25))
  expect(sent(world, 'stop')).toBe(0)
  world.run(at(30))
  expect(held(world)).toBeGreaterThan(0)
  expect(protection(world)).toEqual(['stop', 'target'])
})

test('freqtrade #11461, PR #13037: a status that says nothing was filled loses against the trades', () => {
  const world = halfFilled([])
  world.venue.mischief = { ...world.venue.mischief, queryFails: () => true }
  world.run(at(40))
  expect(world.corrections).toContain('missed_execution')
  expect(held(world)).toBeGreaterThan(0)
  expect(protection(world)).toEqual(['stop', 'target'])
  agree(world)
})

test('freqtrade #13399: a stop that triggers around a crash closes its own trade, and the restart is clean', () => {
  const world = opened()
  world.kill()
  world.price(BTC, 49_400)
  world.run(at(5))
  const before = world.venue.submitted.length
  world.start()
  world.run(at(30))
  expect(world.trades.map((t) => [t.id, t.exitReason])).toEqual([['BTCUSDT-1-0', 'stop']])
  expect(world.venue.submitted).toHaveLength(before)
  agree(world)
})

test('freqtrade #13332: two reasons to leave in one moment make one exit', () => {
  const world = opened()
  world.command({ name: 'force_exit', tradeId: 'all' })
  world.command({ name: 'force_exit', tradeId: 'BTCUSDT-1-0' })
  world.command({ name: 'finish' })
  world.run(at(5))
  expect(sent(world, 'exit')).toBe(1)
  expect(held(world)).toBe(0)
  agree(world)
})

test('freqtrade #8374, jesse #510: the protection is the position after each of many partial fills', () => {
  const world = begun({ share: () => 0.3 }, limit)
  world.enter()
  const sizes: number[] = []
  for (let second = 2; second < 9; second++) {
    world.run(at(second))
    sizes.push(held(world))
    world.venue.mischief = { ...KIND, share: () => 1 }
    expect(protection(world).filter((leg) => leg !== 'entry' && !leg.startsWith('entry of'))).toEqual([
      'stop',
      'target',
    ])
    world.venue.mischief = { ...KIND, share: () => 0.3 }
    world.venue.price(BTC, 50_000)
  }
  expect(new Set(sizes).size).toBeGreaterThan(4)
})

describe('freqtrade #11570, #7107: what was closed outside leaves no ghost', () => {
  test('by the venue, without a word', () => {
    const world = opened()
    world.venue.mischief = { ...KIND, news: () => [] }
    world.venue.force(BTC, 1, 'liquidation')
    world.run(at(20))
    expect(sent(world, 'exit')).toBe(0)
    expect(world.trades.map((t) => t.exitReason)).toEqual(['liquidation'])
    expect(world.engine.counters.forced).toBe(1)
    agree(world)
  })

  test('by hand', () => {
    const world = opened()
    world.venue.manual(BTC, -Math.round(held(world) / BTC.lotSize.toNumber()))
    world.run(at(30))
    // The venue took the legs away and told no more: what is sent until the account has been looked at twice only reduces.
    expect(sent(world, 'exit')).toBeLessThanOrEqual(3)
    expect(world.venue.live(BTC)).toEqual([])
    expect(world.venue.executions).toHaveLength(2)
    expect(world.corrections).toContain('position_adjusted')
    expect(world.engine.account.latches.latches.map((l) => l.code)).toEqual(['RECONCILE'])
    expect(world.engine.states[0]!.trade).toBeNull()
    // A person has closed it, and not the bot for want of a stop.
    expect(world.trades.map((t) => t.exitReason)).toEqual(['forced'])
    agree(world)
  })

  test('by hand, stops and all, while no bot was there', () => {
    const world = opened()
    world.kill()
    for (const leg of ['stop', 'target'] as const) world.venue.drop(BTC, leg, true)
    world.venue.manual(BTC, -Math.round(held(world) / BTC.lotSize.toNumber()))
    world.start()
    world.run(at(30))
    expect(world.trades.map((t) => t.exitReason)).toEqual(['forced'])
    // That the venue knows of no position is no catastrophe.
    const refused = world.alerts.filter(({ code }) => code === 'EXIT_FAILED' || code === 'STOP_REJECTED')
    expect(refused.filter(({ level }) => level === 'critical')).toEqual([])
    agree(world)
  })
})

test('freqtrade #12984, hummingbot #3277: a gap through the stop fills it: it has no limit', () => {
  const world = opened()
  expect(world.venue.live(BTC, 'stop')[0]!.request.price).toBeUndefined()
  world.price(BTC, 40_000)
  world.run(at(5))
  expect(held(world)).toBe(0)
})

test('nautilus #4736: a restart with an empty history keeps the position', () => {
  const world = opened()
  const before = held(world)
  world.kill()
  world.venue.forgetHistory()
  world.start()
  world.run(at(30))
  expect(held(world)).toBe(before)
  expect(world.engine.states[0]!.trade?.position.toNumber()).toBe(before)
  expect(world.corrections).toEqual([])
})

test('nautilus #4958, #4152: an order accepted after every question was answered with no is adopted', () => {
  const world = begun({ order: ({ leg }) => (leg === 'entry' ? { kind: 'late', ms: 60_000 } : { kind: 'none' }) })
  world.enter()
  world.run(at(40))
  expect(world.engine.states[0]!.trade).toBeNull()
  world.run(at(70))
  expect(held(world)).toBeGreaterThan(0)
  expect(protection(world)).toEqual(['stop', 'target'])
  expect(codes(world)).toContain('LATE_FILL')
  agree(world)
})

test('nautilus #3046, #3878: fills told again, in any way, are counted once', () => {
  const world = begun({ news: () => [0, 10, 5_000] })
  world.enter()
  world.run(at(3))
  world.kill()
  world.start()
  world.run(at(20))
  expect(world.engine.states[0]!.trade?.entryQuantity.toNumber()).toBe(held(world))
  expect(world.corrections).toEqual([])
  agree(world)
})

test('nautilus #3104: a position older than the history is a typed correction, no made-up fill', () => {
  const world = begun({
    news: (event) => (event.kind === 'order_filled' || event.kind === 'order_expired' ? [] : [0]),
    queryFails: () => true,
    snapshotFails: () => true,
  })
  world.enter()
  world.run(at(8))
  world.venue.forgetHistory()
  world.venue.mischief = KIND
  world.run(at(60))
  expect(world.corrections).toContain('position_adjusted')
  expect(world.engine.counters.fills).toBe(0)
  expect(world.engine.account.latches.latches.map((l) => l.code)).toEqual(['RECONCILE'])
  expect(protection(world)).toEqual(['stop', 'target'])
})

test('OctoBot #3190: after a restart both legs belong to their trade and none is placed again', () => {
  const world = opened()
  const before = world.venue.submitted.length
  world.kill()
  world.start()
  world.run(at(15))
  expect(world.venue.submitted).toHaveLength(before)
  world.price(BTC, 51_100)
  world.run(at(17))
  expect(world.trades.map((t) => t.exitReason)).toEqual(['target'])
  expect(world.venue.live(BTC)).toEqual([])
  agree(world)
})

test('aster_lick_hunter_node #3, #22: what happens to one symbol leaves the other’s stop alone', () => {
  const world = opened()
  world.enter(ETH)
  world.run(at(3))
  expect(protection(world, ETH)).toEqual(['stop', 'target'])
  world.command({ name: 'force_exit', tradeId: 'BTCUSDT-1-0' })
  world.run(at(20))
  expect(world.venue.live(BTC)).toEqual([])
  expect(protection(world, ETH)).toEqual(['stop', 'target'])
})

test('freqtrade #12598: a stop that could not stand is found before the entry, not by the venue after it', () => {
  const world = begun()
  world.price(BTC, 50_000)
  const want = wanted('LONG', { time: epochMs(world.now), entry: 50_000, stop: 20_000, target: 51_000 })
  world.bar(BTC, 50_000, [want])
  world.run(at(20))
  expect(world.venue.submitted).toEqual([])
  expect(world.engine.counters.refusedDecisions).toBe(1)
})

test('nautilus #3287, freqtrade #12610, Lean #9179: where the venue takes no stops any more, the position is left and none follows', () => {
  const world = begun({ order: ({ leg }) => (leg === 'stop' ? { kind: 'reject' } : { kind: 'none' }) })
  world.enter()
  world.at(at(1.1), () =>
    world.tell({
      kind: 'venue_alarm',
      time: epochMs(world.now),
      code: 'ENDPOINT_RETIRED',
      message: 'the venue takes no stop_market orders here any more',
    }),
  )
  world.run(at(5))
  expect(held(world)).toBe(0)
  expect(world.engine.account.latches.latches.map((l) => l.code)).toEqual(['VENUE_ALARM'])
  world.enter(ETH)
  world.kill()
  world.start()
  world.run(at(10))
  world.enter(ETH)
  world.run(at(20))
  expect(sent(world, 'entry')).toBe(1)
  agree(world)
})
