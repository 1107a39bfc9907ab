import { epochMs } from '../../domain/unit.ts'
import type { EmbeddedExchange } from '../../exchange/exchange.ts'
import type { Venue } from '../../port/venue.ts'
import type { LiveMarket } from '../market-data/live-market.ts'
import { createInProcessVenue } from './in-process.ts'

/** The embedded exchange in this process, whose tape is written by a live market while it is read. */
export function createVenueOnLiveMarket(exchange: EmbeddedExchange, market: LiveMarket): Venue {
  const { events } = exchange
  return {
    ...createInProcessVenue(exchange),
    events: {
      peek() {
        market.pump()
        const time = Math.min(events.peek() ?? Number.POSITIVE_INFINITY, market.dueAt())
        return time === Number.POSITIVE_INFINITY ? undefined : epochMs(time)
      },
      next(until) {
        for (;;) {
          const event = events.next(until)
          if (event?.kind !== 'price') return event
          const { instrument, time } = event
          // A trade makes no mark younger: the exchange knows when it was told, the market of when it is.
          if (!market.isPast(instrument, time))
            return { ...event, venueTime: epochMs(Math.min(time, market.markedAt(instrument))) }
        }
      },
      exhausted: events.exhausted,
    },
  }
}
