import { normaliseSymbol, splitSymbol, type Instrument } from '../../../domain/instrument.ts'
import { nearestSymbol } from './nearest-symbol.ts'
import type { Listing } from './opening.ts'
import { refuse, type VenueRefusal } from './refusal.ts'

/** The contracts that are meant by what somebody wrote, in that order, or why one of them is none. */
export async function findInstruments(
  symbols: readonly string[],
  listings: ReadonlyMap<string, Listing>,
): Promise<{ readonly kind: 'ok'; readonly instruments: readonly Instrument[] } | VenueRefusal> {
  const instruments: Instrument[] = []
  for (const wanted of symbols) {
    const found = findListing(wanted, listings)
    if (found.kind === 'refused') return found
    instruments.push(await found.instrument(instruments.length))
  }
  return { kind: 'ok', instruments }
}

/** The perpetual that is meant by what somebody wrote, or why there is none. */
function findListing(
  wanted: string,
  listings: ReadonlyMap<string, Listing>,
): VenueRefusal | (Listing & { kind: 'perpetual' }) {
  const symbol = normaliseSymbol(wanted) ?? wanted
  const listing = listings.get(symbol)
  // A pair with a slash and no settlement currency is how spot is written.
  const isSpot = /^[A-Za-z0-9]+\/[A-Za-z0-9]+$/.test(wanted.trim())
  if (listing?.kind === 'perpetual' && isSpot) {
    const parts = splitSymbol(symbol)
    const unified = parts ? `${parts.base}/${parts.quote}:${parts.quote}` : symbol
    return refuse('SPOT_SYMBOL', `${wanted} is a spot symbol; the perpetual is ${unified} or ${symbol}`)
  }
  switch (listing?.kind) {
    case 'perpetual':
      return listing
    case 'closed':
      return refuse('NOT_TRADING', `${symbol} is not being traded at the moment: its status is ${listing.status}`)
    case 'other':
      return refuse('UNKNOWN_SYMBOL', `${symbol} is no linear perpetual; only those are traded`)
    case undefined: {
      const perpetuals = [...listings].filter(([, each]) => each.kind === 'perpetual').map(([name]) => name)
      const near = nearestSymbol(symbol, perpetuals)
      return refuse('UNKNOWN_SYMBOL', `the exchange lists no ${wanted}${near ? `; did you mean ${near}?` : ''}`)
    }
  }
}
