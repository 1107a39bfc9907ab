import type { EngineEvent } from '../../src/domain/event.ts'
import { clientOrderId, parseClientOrderId } from '../../src/domain/id.ts'
import type { Instrument } from '../../src/domain/instrument.ts'
import type { ClientOrderId } from '../../src/domain/order.ts'
import type { EpochMs } from '../../src/domain/unit.ts'
import type { Journal } from '../../src/port/journal.ts'
import type { Venue } from '../../src/port/venue.ts'
import type { Rule } from './verdict.ts'

interface Ports {
  readonly venue: Venue
  readonly journal: Journal
}

interface Plant {
  /** The rule that must say so. */
  readonly rule: Rule
  readonly spoil: (ports: Ports) => Ports
}

/** Stops are taken for placed and never sent: not even the question what became of them tells the truth. */
function withoutStops(venue: Venue): Venue {
  const told: EngineEvent[] = []
  const kept = new Set<ClientOrderId>()
  const { events } = venue
  const tell = (id: ClientOrderId, instrument: Instrument, time: EpochMs): void =>
    void told.push({ kind: 'order_accepted', time, venueTime: time, instrument, clientOrderId: id })
  return {
    ...venue,
    events: {
      peek: () => told[0]?.time ?? events.peek(),
      next: (until) => (told[0] && told[0].time <= until ? told.shift() : events.next(until)),
      exhausted: () => told.length === 0 && events.exhausted(),
    },
    get pending() {
      return venue.pending
    },
    submit(order, at) {
      if (order.leg !== 'stop') return venue.submit(order, at)
      kept.add(order.clientOrderId)
      tell(order.clientOrderId, order.instrument, at)
    },
    query(id, instrument, at) {
      if (kept.has(id)) tell(id, instrument, at)
      else venue.query(id, instrument, at)
    },
    cancel(id, instrument, at) {
      if (!kept.has(id)) return venue.cancel(id, instrument, at)
      told.push({ kind: 'order_canceled', time: at, venueTime: at, instrument, clientOrderId: id, reason: 'requested' })
    },
  }
}

/** As a client does that sends again with a fresh id what was not answered. */
const twice = (venue: Venue): Venue => ({
  ...venue,
  get pending() {
    return venue.pending
  },
  submit(order, at) {
    venue.submit(order, at)
    const parts = parseClientOrderId(order.clientOrderId)
    if (order.leg !== 'entry' || !parts) return
    venue.submit({ ...order, clientOrderId: clientOrderId({ ...parts, revision: parts.revision + 1 }) }, at)
  },
})

/** Faults of the bot that a day without a crash must already show, each under its rule: what cannot fail proves nothing. */
export const PLANTS = {
  'stop never sent': {
    rule: 'no stop',
    spoil: ({ venue, journal }) => ({ journal, venue: withoutStops(venue) }),
  },
  'entry sent twice': {
    rule: 'duplicate entry',
    spoil: ({ venue, journal }) => ({ journal, venue: twice(venue) }),
  },
  'intent dropped': {
    rule: 'lost intent',
    spoil: ({ venue, journal }) => ({
      venue,
      journal: {
        commit: (event, effects) =>
          journal.commit(
            event,
            effects.filter((effect) => effect.kind !== 'submit' || effect.order.leg !== 'entry'),
          ),
      },
    }),
  },
  'fill not booked': {
    rule: 'books differ',
    spoil: ({ venue, journal }) => ({
      venue,
      journal: {
        commit: (event, effects) =>
          journal.commit(event.kind === 'order_filled' ? { kind: 'timer', time: event.time, id: '' } : event, effects),
      },
    }),
  },
} as const satisfies Readonly<Record<string, Plant>>

export type PlantName = keyof typeof PLANTS
export const isPlant = (name: string): name is PlantName => Object.hasOwn(PLANTS, name)
