import { epochMs } from '../../../domain/unit.ts'
import type { PanicVenue } from '../../../port/panic-venue.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { createPriorityLimiter } from '../../limiter/priority-limiter.ts'
import { openingOf } from './opening-of.ts'
import { refusalOf } from './prepare.ts'
import type { VenueRefusal } from './refusal.ts'
import { createWire } from './wire.ts'

export interface PanicVenueOptions {
  /** Opened with credentials. The venue owns it from here on and closes it. */
  readonly exchange: OpenedExchange
}

export type PanicVenueResult =
  | { readonly kind: 'ok'; readonly venue: PanicVenue; readonly close: () => Promise<void> }
  | VenueRefusal

/** The venues' longest: a request must not be refused because the machine is slow today. */
const RECV_WINDOW_MS = 30_000
/** Wall ms between two looks whether a waiting request's turn has come. */
const PUMP_MS = 50

/**
 * The shortest way to an account: no listings, no settings, no stream, no lock, and whatever it does has the priority of
 * protective orders. Wrong keys and a venue that cannot be reached come back as a sentence, and the exchange is closed.
 */
export async function createPanicVenue({ exchange }: PanicVenueOptions): Promise<PanicVenueResult> {
  const opening = openingOf(exchange.id)
  const { venueCodeOf, weightBucket } = opening
  const limiter = createPriorityLimiter(opening.limiter, () => performance.now())
  const wire = createWire({ exchange, limiter, venueCodeOf, weightBucket })
  const venue = opening.panic(wire)
  exchange.exchange.options['recvWindow'] = RECV_WINDOW_MS
  const timer = setInterval(() => limiter.pump(), PUMP_MS)
  const close = async (): Promise<void> => {
    clearInterval(timer)
    await exchange.close()
  }
  try {
    // An embedded exchange tells its time with every answer.
    const clock = opening.dialect({
      exchange,
      wire,
      instruments: [],
      quote: 'USDT',
      marginMode: 'isolated',
      recvWindowMs: RECV_WINDOW_MS,
      now: () => epochMs(Date.now()),
    })
    const asked = Date.now()
    const serverTime = await clock.serverTime()
    if (exchange.environment !== 'embedded') exchange.setClockOffset(serverTime - (asked + Date.now()) / 2)
    await venue.positions()
    return { kind: 'ok', venue, close }
  } catch (error) {
    await close()
    return refusalOf(error, opening, exchange)
  }
}
