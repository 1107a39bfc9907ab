import { normaliseSymbol, splitSymbol, type Instrument } from '../../../domain/instrument.ts'
import { nearestSymbol } from './nearest-symbol.ts'
import type { Listing } from './opening.ts'
import { refuse, type VenueRefusal } from './refusal.ts'

type Contract = Exclude<Listing, { kind: 'other' }>

export interface FoundInstruments {
  readonly kind: 'ok'
  readonly instruments: readonly Instrument[]
  /** Those that nobody can trade at the moment, and the venue's word for it. */
  readonly closed: ReadonlyMap<Instrument, string>
}

/** The contracts that are meant by what somebody wrote, in that order, or why one of them is none. */
export async function findInstruments(
  symbols: readonly string[],
  listings: ReadonlyMap<string, Listing>,
): Promise<FoundInstruments | VenueRefusal> {
  const instruments: Instrument[] = []
  const closed = new Map<Instrument, string>()
  for (const wanted of symbols) {
    const found = findListing(wanted, listings)
    if (found.kind === 'refused') return found
    const read = await readTerms(found, wanted, instruments.length)
    if ('kind' in read) return read
    instruments.push(read)
    if (found.kind === 'closed') closed.set(read, found.status)
  }
  return { kind: 'ok', instruments, closed }
}

/** The terms of a contract that is traded must be there; of one that is over the venue may not tell them any more. */
async function readTerms(listing: Contract, wanted: string, index: number): Promise<Instrument | VenueRefusal> {
  try {
    return await listing.instrument(index)
  } catch (error) {
    if (listing.kind === 'perpetual') throw error
    const why = error instanceof Error ? error.message : String(error)
    const what = `${wanted} is not being traded at the moment: its status is ${listing.status}`
    return refuse('NOT_TRADING', `${what}, and its terms cannot be read: ${why}`)
  }
}

/** Why a contract is refused that nobody can trade at the moment, where nothing is held of it. */
export const notTrading = ({ symbol }: Instrument, status: string): VenueRefusal =>
  refuse('NOT_TRADING', `${symbol} is not being traded at the moment: its status is ${status}`)

/** The perpetual that is meant by what somebody wrote, or why there is none. */
function findListing(wanted: string, listings: ReadonlyMap<string, Listing>): VenueRefusal | Contract {
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
    case 'closed':
      return listing
    case 'other':
      return refuse('UNKNOWN_SYMBOL', `${symbol} is no linear perpetual; only those are traded`)
    case undefined: {
      const perpetuals = [...listings].filter(([, each]) => each.kind === 'perpetual').map(([name]) => name)
      const near = nearestSymbol(symbol, perpetuals)
      return refuse('UNKNOWN_SYMBOL', `the exchange lists no ${wanted}${near ? `; did you mean ${near}?` : ''}`)
    }
  }
}
