import { Dec } from '../../src/domain/decimal.ts'
import { amendTerms, termsOf } from '../../src/domain/instrument.ts'
import { expect, test } from 'vitest'
import { NOON, wanted } from '../fixture/engine-scene.ts'
import { KIND } from './mischief.ts'
import { randomOf } from './seeded.ts'
import { createWorld, START_PRICE, SYMBOLS, type SeenEffect, type World } from './world.ts'

/** What an effect asks of the outside. Timers and questions differ: a new process asks about what the old one had asked. */
const said = (effect: SeenEffect): string | null => {
  if (effect.kind === 'submit')
    return `submit ${effect.order.clientOrderId} ${effect.order.side} ${effect.order.quantity.toString()} ${(effect.order.price ?? effect.order.triggerPrice)?.toString() ?? ''}`
  return effect.kind === 'cancel' ? `cancel ${effect.clientOrderId}` : null
}

const BAR_MS = 10_000

interface Ran {
  readonly world: World
  readonly sent: string[]
  readonly events: number
  readonly restarted: boolean
}

/** A market day with partial fills and venue closings; after event number `restartAt` the process is exchanged for another. */
function day(seed: number, restartAt: number): Ran {
  const random = randomOf(seed)
  const shares = randomOf(seed + 1)
  const world = createWorld({
    sameEpoch: true,
    file: { entry: { order_type: seed % 2 === 0 ? 'ioc' : 'limit', limit_timeout_secs: 20 } },
  })
  world.venue.mischief = { ...KIND, share: () => (shares() < 0.4 ? shares() : 1) }
  const sent: string[] = []
  let events = 0
  let restarted = false
  world.observe = (event, effects) => {
    for (const effect of effects) {
      const words = said(effect)
      // A new process says again that an order is to go; that is asked for once.
      if (words !== null && !(effect.kind === 'cancel' && sent.includes(words))) sent.push(words)
    }
    events++
    // Not just before a signal: the new process lets none through until it has compared the books, and is right to.
    const untilBar = BAR_MS - ((event.time - NOON) % BAR_MS)
    if (events === restartAt && untilBar > 100 && untilBar < BAR_MS) {
      restarted = true
      // The wire belongs to the venue's side here: what was on its way still arrives.
      world.restartInPlace()
    }
  }
  world.start()
  const level: number[] = [...START_PRICE]
  for (let step = 1; step <= 40; step++) {
    world.at(NOON + step * 2_000, () => {
      SYMBOLS.forEach((instrument, i) => {
        level[i] = Math.round((level[i]! * (1 + (random() - 0.5) * 0.014)) / instrument.tick) * instrument.tick
        world.price(instrument, level[i]!)
        if (step % 5 !== 0) return
        const s = random() < 0.5 ? 1 : -1
        const entry = level[i]!
        world.bar(instrument, entry, [
          wanted(s > 0 ? 'LONG' : 'SHORT', { entry, stop: entry * (1 - 0.01 * s), target: entry * (1 + 0.012 * s) }),
        ])
      })
      if (random() < 0.05) world.venue.force(SYMBOLS[0], 0.5, 'adl')
      if (random() < 0.05) world.command({ name: 'force_exit', tradeId: 'all' })
    })
  }
  world.run(NOON + 100_000)
  return { world, sent, events, restarted }
}

/** Every so many events one restart is tried; in two tests a seed, each with every other of them. */
const APART = 13

test.each([1, 2, 3, 4, 5, 6].flatMap((seed) => [1, 1 + APART].map((first) => ({ seed, first }))))(
  'saved and restored at any event, the bot goes on as if it had never stopped: seed $seed, from event $first',
  ({ seed, first }) => {
    const whole = day(seed, 0)
    expect(whole.sent.length).toBeGreaterThan(10)
    let compared = 0
    for (let at = first; at <= whole.events; at += 2 * APART) {
      const cut = day(seed, at)
      expect(cut.sent, `event ${at}`).toEqual(whole.sent)
      expect(cut.world.venue.wallet.toString()).toBe(whole.world.venue.wallet.toString())
      if (cut.restarted) compared++
    }
    expect(compared).toBeGreaterThan(4)
  },
)

test('a process that follows on other steps than the trade was opened on protects it on the present ones', () => {
  const [BTC] = SYMBOLS
  const before = termsOf(BTC)
  try {
    const world = createWorld()
    world.start()
    world.run(NOON + 1_000)
    // It dies between the fill and the stop.
    world.dies = (event) => (event.kind === 'order_filled' ? 'after_commit' : null)
    world.enter()
    world.run(NOON + 2_000)
    expect(world.venue.live(BTC)).toEqual([])
    expect(world.venue.held(BTC).signed.toNumber()).toBeLessThan(0.25)
    amendTerms(BTC, { tickSize: new Dec(400), tick: 400, lotSize: new Dec('0.25'), lot: 0.25 })
    world.dies = () => null
    world.start()
    world.run(NOON + 30_000)
    expect(world.alerts.filter(({ code }) => code === 'PROTECTION_REFUSED')).toEqual([])
    const legs = world.venue.live(BTC).map(({ request }) => request)
    expect(legs.map((o) => `${o.leg} ${o.quantity} ${o.triggerPrice ?? o.price}`).toSorted()).toEqual([
      'stop 0.25 49600',
      'target 0.25 50800',
    ])
  } finally {
    amendTerms(BTC, before)
  }
})
