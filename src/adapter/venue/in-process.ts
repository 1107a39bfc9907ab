import type { EmbeddedExchange } from '../../exchange/exchange.ts'
import type { Venue } from '../../port/venue.ts'

/** The embedded exchange as a venue, without a network in between. */
export const createInProcessVenue = (exchange: EmbeddedExchange): Venue => ({
  instruments: exchange.instruments,
  events: exchange.events,
  submit(order, at) {
    if (order.leverage !== undefined) exchange.setLeverage(order.instrument, order.leverage)
    exchange.submit(order, at)
  },
  cancel: (id, instrument, at) => exchange.cancel(id, instrument, at),
  query: (id, instrument, at) => exchange.query(id, instrument, at),
  check: (id, instrument, at) => exchange.query(id, instrument, at),
  snapshot: (at) => exchange.tellSnapshot(at),
  // Whatever was asked is answered within the events; nothing is on its way outside of market time.
  pending: 0,
})
