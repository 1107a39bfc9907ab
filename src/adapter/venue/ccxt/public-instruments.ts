import type { Instrument } from '../../../domain/instrument.ts'
import { createRestlessClock } from '../../../domain/restless-clock.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { createPriorityLimiter } from '../../limiter/priority-limiter.ts'
import { findListing } from './find-listing.ts'
import { openingOf } from './opening-of.ts'
import { refuse, type VenueRefusal } from './refusal.ts'
import { createWire } from './wire.ts'

export interface PublicInstrumentsOptions {
  /** Keyless. */
  readonly exchange: OpenedExchange
  /** As people write them. */
  readonly symbols: readonly string[]
  readonly now: () => EpochMs
}

const PUMP_MS = 20

/** The contracts of a venue as everybody may read them; no margin tiers where it shows them to accounts alone. */
export async function readPublicInstruments(
  options: PublicInstrumentsOptions,
): Promise<{ readonly kind: 'ok'; readonly instruments: readonly Instrument[] } | VenueRefusal> {
  const { exchange, now } = options
  const opening = openingOf(exchange.id)
  const { venueCodeOf, weightBucket } = opening
  const limiter = createPriorityLimiter(
    opening.limiter,
    createRestlessClock(now, () => performance.now()),
  )
  const wire = createWire({ exchange, limiter, venueCodeOf, weightBucket })
  const pump = setInterval(() => limiter.pump(), PUMP_MS)
  try {
    const listings = await opening.listings(wire, true)
    const instruments: Instrument[] = []
    for (const wanted of options.symbols) {
      const found = findListing(wanted, listings)
      if (found.kind === 'refused') return found
      instruments.push(await found.instrument(instruments.length))
    }
    return { kind: 'ok', instruments }
  } catch (error) {
    return refuse('UNREACHABLE', `the exchange could not be asked: ${error instanceof Error ? error.message : error}`)
  } finally {
    clearInterval(pump)
  }
}
