import type { AccountEvent } from '../../../domain/event.ts'
import { epochMs, type EpochMs } from '../../../domain/unit.ts'
import type { Dialect } from './dialect.ts'

export interface FundingTellerOptions {
  readonly dialect: Pick<Dialect, 'fundingsSince'>
  readonly now: () => EpochMs
  readonly push: (event: AccountEvent) => void
}

const MAX_TOLD = 1_024
/** A payment may be booked so long before it is heard of. */
const MARGIN_MS = 60_000

/** The stream says that funding was booked at a time, the income says what: each payment is told once. */
export function createFundingTeller({
  dialect,
  now,
  push,
}: FundingTellerOptions): (venueTime: EpochMs) => Promise<void> {
  const told = new Set<string>()
  let from = now()

  return async (venueTime) => {
    const since = epochMs(Math.min(from, venueTime - MARGIN_MS))
    for (const funding of await dialect.fundingsSince(since)) {
      const key = `${funding.instrument.symbol} ${funding.venueTime}`
      if (told.has(key)) continue
      told.add(key)
      if (told.size > MAX_TOLD) told.delete(told.values().next().value!)
      if (funding.venueTime >= from - MARGIN_MS) push({ ...funding, time: now() })
    }
    from = epochMs(Math.max(from, venueTime))
  }
}
