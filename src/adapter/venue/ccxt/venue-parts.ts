import type { Instrument } from '../../../domain/instrument.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import type { PriorityLimiter } from '../../limiter/priority-limiter.ts'
import type { ClockWatch } from './clock-watch.ts'
import type { Dialect, InstrumentSettings, MarginMode } from './dialect.ts'
import type { Urgency } from './contract-watch.ts'
import type { KeyPolicy } from './key-rights.ts'
import type { Listing } from './opening.ts'
import type { Wire } from './wire.ts'

/** Something wrong at the venue, as `venue_alarm` tells it. */
export interface VenueAlarmText {
  readonly code: string
  readonly message: string
}

/** What a venue is made of, after everything has been asked that decides whether it can be traded on. */
export interface CcxtVenueParts {
  readonly exchange: OpenedExchange
  readonly dialect: Dialect
  /** The same, for what is asked regularly. */
  readonly pollDialect: Dialect
  readonly wire: Wire
  readonly limiter: PriorityLimiter
  readonly clockWatch: ClockWatch
  readonly instruments: readonly Instrument[]
  /** Those that nobody can trade at the start, and the venue's word for it. */
  readonly closed: ReadonlyMap<Instrument, string>
  /** Everything that the venue lists, asked anew: when nobody asks for anything more urgent, or as one who waits for it. */
  readonly listings: (urgency: Urgency) => Promise<ReadonlyMap<string, Listing>>
  /** What the key's rights are measured by. */
  readonly keyPolicy: KeyPolicy
  readonly settings: ReadonlyMap<string, InstrumentSettings>
  readonly marginMode: MarginMode
  readonly historyFrom: EpochMs
  /** What was found wrong before the start. */
  readonly known: readonly VenueAlarmText[]
  /** Silence after which the venue cancels resting entries, where it can; `null`: it never does. ms. */
  readonly deadManMs: number | null
  readonly warn: (message: string) => void
  readonly now: () => EpochMs
  /** Something waits in `events`. */
  readonly wakeup: () => void
}
