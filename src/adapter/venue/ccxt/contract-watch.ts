import type { ContractChanged } from '../../../domain/event.ts'
import { changedTerms, termsOf, type ContractTerms, type Instrument } from '../../../domain/instrument.ts'
import { MINUTE_MS } from '../../../domain/time.ts'
import type { EpochMs } from '../../../domain/unit.ts'
import type { Listing } from './opening.ts'

/** `query`: somebody waits for the answer; one look serves all who do. */
export type Urgency = 'poll' | 'query'

/** Reads now and then what the venue says of the contracts, and tells what has changed. */
export interface ContractWatch {
  /** True when it is time to look again. */
  readonly isDue: boolean
  /** Tells what has changed; rejects where the venue cannot be asked. */
  look(urgency: Urgency): Promise<void>
}

export interface ContractWatchOptions {
  readonly instruments: readonly Instrument[]
  /** Those that are not traded from the start, with the venue's word for it: told at once. */
  readonly closed: ReadonlyMap<Instrument, string>
  /** Everything that the venue lists, by its own spelling. */
  readonly listings: (urgency: Urgency) => Promise<ReadonlyMap<string, Listing>>
  readonly now: () => EpochMs
  readonly push: (event: ContractChanged) => void
}

/** Often enough that nobody trades for long on what is over; what is refused meanwhile makes the venue be asked at once. */
const EVERY_MS = 5 * MINUTE_MS
const AGAIN_MS = MINUTE_MS / 2
/** The venue's status of what it does not list any more. */
const GONE = 'not listed'

interface Known {
  terms: ContractTerms
  closed: string | null
}

export function createContractWatch({ instruments, closed, listings, now, push }: ContractWatchOptions): ContractWatch {
  const known = new Map<string, Known>(
    instruments.map((instrument) => [instrument.symbol, { terms: termsOf(instrument), closed: null }]),
  )
  let dueAt = now() + EVERY_MS
  const underway = new Map<Urgency, Promise<void>>()

  async function compare(urgency: Urgency): Promise<void> {
    const listed = await listings(urgency)
    for (const instrument of instruments) {
      const listing = listed.get(instrument.symbol)
      const open = listing?.kind === 'perpetual' ? await listing.instrument(instrument.index) : null
      const status = open ? null : listing?.kind === 'closed' ? listing.status : GONE
      tell(instrument, open && termsOf(open), status)
    }
  }

  function tell(instrument: Instrument, terms: ContractTerms | null, status: string | null): void {
    const before = known.get(instrument.symbol)!
    const differs = terms !== null && changedTerms(before.terms, terms).length > 0
    if (!differs && status === before.closed) return
    if (terms) before.terms = terms
    before.closed = status
    push({ kind: 'contract_changed', time: now(), instrument, terms, closed: status })
  }

  for (const [instrument, status] of closed) tell(instrument, null, status)

  async function once(urgency: Urgency): Promise<void> {
    dueAt = now() + AGAIN_MS
    await compare(urgency)
    dueAt = now() + EVERY_MS
  }

  return {
    get isDue() {
      return now() >= dueAt
    },
    look(urgency) {
      const same = underway.get(urgency)
      if (same) return same
      const look = once(urgency).finally(() => underway.delete(urgency))
      underway.set(urgency, look)
      return look
    },
  }
}
