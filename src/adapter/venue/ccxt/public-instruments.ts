import type { EpochMs } from '../../../domain/unit.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import { findInstruments, notTrading, type FoundInstruments } from './find-listing.ts'
import { openingOf } from './opening-of.ts'
import { openWire } from './opening-wire.ts'
import { refuse, type VenueRefusal } from './refusal.ts'

export interface PublicInstrumentsOptions {
  /** Keyless. */
  readonly exchange: OpenedExchange
  /** As people write them. */
  readonly symbols: readonly string[]
  readonly now: () => EpochMs
}

/** The contracts of a venue as everybody may read them; no margin tiers where it shows them to accounts alone. */
export async function readPublicInstruments(
  options: PublicInstrumentsOptions,
): Promise<FoundInstruments | VenueRefusal> {
  const { exchange, symbols, now } = options
  const opening = openingOf(exchange.id)
  const { wire, handOver } = openWire(opening, exchange, now)
  try {
    const found = await findInstruments(symbols, await opening.listings(wire, true))
    if (found.kind === 'ok') for (const [instrument, status] of found.closed) return notTrading(instrument, status)
    return found
  } catch (error) {
    return refuse('UNREACHABLE', `the exchange could not be asked: ${error instanceof Error ? error.message : error}`)
  } finally {
    handOver()
  }
}
