import type { CallRecord } from './call-record.ts'

/** What a venue that names no time is given after it said "too often". */
const DEFAULT_PENALTY_MS = 1_000
const DEFAULT_BAN_MS = 60_000
/** No time that a header names is believed beyond this; a longer one is found out by asking again. */
const MAX_PENALTY_MS = 300_000

const byStatus = (status: number): number | null =>
  status === 418 ? DEFAULT_BAN_MS : status === 429 ? DEFAULT_PENALTY_MS : null

/**
 * Ms in which a venue that answered so is asked nothing; `null`: it has not asked for silence.
 * @param own what it says by a code of its own
 */
export function penaltyMs({ status, retryAfter }: CallRecord, own: number | null): number | null {
  const pause = own ?? byStatus(status)
  const named = Number(retryAfter) * 1_000
  return pause !== null && Number.isFinite(named) && named > 0 ? Math.min(named, MAX_PENALTY_MS) : pause
}
