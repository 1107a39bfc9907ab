import type { Cost, LimiterRules } from '../../../limiter/priority-limiter.ts'
import type { TooOften } from '../wire.ts'

const WINDOW_MS = 2_000

/**
 * The venue counts by endpoint, the tightest 20 in 2 s; no more than a third of all requests go to the same one. Orders
 * have a count of their own.
 */
export const LIMITER_RULES: LimiterRules = {
  buckets: [
    { capacity: 54, windowMs: WINDOW_MS },
    { capacity: 54, windowMs: WINDOW_MS },
  ],
  patienceMs: { protective: 4_000, deferred: 4_000, query: 5_000, entry: 1_000, poll: 20_000 },
}

export const COST = { order: [0, 1], one: [1] } as const satisfies Readonly<Record<string, Cost>>

/** 50011: of an endpoint; 50061: orders of an account. Each for one window. */
const TOO_OFTEN: ReadonlySet<string> = new Set(['50011', '50061'])

export const tooOften: TooOften = ({ venueCode }) => (venueCode !== null && TOO_OFTEN.has(venueCode) ? WINDOW_MS : null)
