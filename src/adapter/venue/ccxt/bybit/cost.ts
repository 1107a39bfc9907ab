import { MINUTE_MS, SECOND_MS } from '../../../../domain/time.ts'
import type { Cost, LimiterRules } from '../../../limiter/priority-limiter.ts'
import type { TooOften } from '../wire.ts'

/**
 * 600 requests of an IP in 5 s, of which a tenth is left to others, and 10 placements and 10 cancels of an account in a
 * second. Half of each may leave at once: as much again comes back within the window.
 */
export const LIMITER_RULES: LimiterRules = {
  buckets: [
    { capacity: 270, windowMs: 5_000, spare: 30 },
    { capacity: 5, windowMs: 1_000 },
    { capacity: 5, windowMs: 1_000 },
  ],
  patienceMs: { protective: 4_000, deferred: 4_000, query: 5_000, entry: 1_000, poll: 20_000 },
}

export const COST = { order: [1, 1], cancel: [1, 0, 1], one: [1] } as const satisfies Readonly<Record<string, Cost>>

/** An address is let in again after this long without a request. */
const BAN_MS = 10 * MINUTE_MS
/** A page of the venue's front that names no reason is its mood of a moment, as often as not. */
const FRONT_MS = 3 * SECOND_MS
/** 10006: of an account, whose windows are a second long; 10018: of an address. */
const PAUSES: Readonly<Record<string, number>> = { '10006': SECOND_MS, '10018': BAN_MS }

/** An address that asked too often is told so in prose; that is also how one in a country that is not served is sent away. */
export const tooOften: TooOften = ({ record: { status, body }, venueCode }) => {
  if (venueCode !== null) return PAUSES[venueCode] ?? null
  if (status !== 403 || /country/i.test(body)) return null
  return /access too frequent/i.test(body) ? BAN_MS : FRONT_MS
}
