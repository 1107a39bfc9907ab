import type { Instrument } from '../../../domain/instrument.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import type { PanicVenue } from '../../../port/panic-venue.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import type { LimiterRules } from '../../limiter/priority-limiter.ts'
import type { Dialect, MarginMode } from './dialect.ts'
import type { TooOften, Wire } from './wire.ts'

/** What a venue lists under a symbol. */
export type Listing =
  | { readonly kind: 'perpetual'; readonly instrument: (index: number) => Promise<Instrument> }
  /** Nobody can trade it now; what is held of it has its terms all the same. */
  | { readonly kind: 'closed'; readonly status: string; readonly instrument: (index: number) => Promise<Instrument> }
  /** A contract that is settled on a day, or in another currency. */
  | { readonly kind: 'other' }

export interface DialectContext {
  readonly exchange: OpenedExchange
  readonly wire: Wire
  readonly instruments: readonly Instrument[]
  readonly quote: string
  readonly marginMode: MarginMode
  readonly recvWindowMs: number
  readonly now: () => EpochMs
}

/** How one exchange is begun with: what is needed before its dialect can be spoken. */
export interface Opening {
  readonly limiter: LimiterRules
  readonly weightBucket: number
  /** The venue's own code in the body of an answer; `null` where there is none. */
  readonly venueCodeOf: (body: string) => string | null
  readonly tooOften: TooOften
  readonly codes: {
    readonly key: readonly string[]
    readonly secret: readonly string[]
    readonly clock: readonly string[]
  }
  /**
   * Everything the venue lists, by its own spelling.
   * @param keyless asks for public data alone: where margin tiers are none, they are missing
   */
  listings(wire: Wire, keyless?: boolean): Promise<ReadonlyMap<string, Listing>>
  dialect(context: DialectContext): Dialect
  /** Everything of the account, without listings or instruments. */
  panic(wire: Wire): PanicVenue
}
