import type { Instrument } from '../../src/domain/instrument.ts'
import type { Leg, OrderState } from '../../src/domain/order.ts'
import { BTC, NOON } from '../fixture/engine-scene.ts'
import { KIND, type Mischief, type OrderFault } from './mischief.ts'
import { createWorld, ETH, type World, type WorldOptions } from './world.ts'

/** Market time in seconds after the start. */
export const at = (seconds: number): number => NOON + seconds * 1_000

/** A bot that has compared its books and is ready, one second after the start. */
export function begun(mischief: Partial<Mischief> = {}, options: WorldOptions = {}): World {
  const world = createWorld(options)
  world.start()
  world.run(at(1))
  world.venue.mischief = { ...KIND, ...mischief }
  return world
}

/** With a protected LONG of BTC from 50 000, stop 49 500, target 51 000, two seconds after the start. */
export function opened(options: WorldOptions = {}): World {
  const world = begun({}, options)
  world.enter()
  world.run(at(2))
  return world
}

/** The fault of one leg's requests. */
export const only = (leg: Leg, fault: OrderFault): Partial<Mischief> => ({
  order: (request) => (request.leg === leg ? fault : { kind: 'none' }),
})

export const sent = (world: World, leg: Leg): number => world.venue.submitted.filter((o) => o.leg === leg).length
export const held = (world: World, instrument: Instrument = BTC): number =>
  world.venue.held(instrument).signed.toNumber()
export const codes = (world: World): readonly string[] => world.alerts.map((a) => a.code)
export const latches = (world: World): readonly string[] => world.engine.account.latches.latches.map((l) => l.code)

/** Legs of the orders that rest; with its size where that is not the position's. */
export function protection(world: World, instrument: Instrument = BTC): readonly string[] {
  const { signed } = world.venue.held(instrument)
  return world.venue
    .live(instrument)
    .map((o) => (o.left.eq(signed.abs()) ? o.request.leg : `${o.request.leg} of ${o.left.toString()}`))
    .toSorted()
}

export const stateOf = (world: World, leg: Leg): OrderState | 'over' =>
  [...world.engine.orders.values()].find((o) => o.request.leg === leg)?.state ?? 'over'

/** Positions and money of books and venue, side by side. */
export const books = (world: World): readonly string[] => [
  ...[BTC, ETH].map((each) => world.engine.account.books.position(each).signed.toString()),
  world.engine.account.books.wallet.toFixed(2),
]
export const ledger = (world: World): readonly string[] => [
  ...[BTC, ETH].map((each) => world.venue.held(each).signed.toString()),
  world.venue.wallet.toFixed(2),
]
