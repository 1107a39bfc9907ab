import type { Cost, LimiterRules } from '../../../limiter/priority-limiter.ts'
import type { TooOften } from '../wire.ts'

const WINDOW_MS = 2_000

/**
 * The venue counts by endpoint. What a look at the account asks once keeps within that by itself; what it asks page by
 * page or pair by pair has a count of its own, half of the venue's: as much again comes back within a window.
 */
export const LIMITER_RULES: LimiterRules = {
  buckets: [
    // All but orders.
    { capacity: 54, windowMs: WINDOW_MS },
    // Orders.
    { capacity: 54, windowMs: WINDOW_MS },
    // Fills, bills and tiers: 10 of each.
    { capacity: 5, windowMs: WINDOW_MS },
    { capacity: 5, windowMs: WINDOW_MS },
    { capacity: 5, windowMs: WINDOW_MS },
    // Finished conditional orders, a single one, and placing and cancelling them: 20 of each.
    { capacity: 10, windowMs: WINDOW_MS },
    { capacity: 10, windowMs: WINDOW_MS },
    { capacity: 10, windowMs: WINDOW_MS },
    { capacity: 10, windowMs: WINDOW_MS },
  ],
  patienceMs: { protective: 4_000, deferred: 4_000, query: 10_000, entry: 1_000, poll: 20_000 },
}

export const COST = {
  order: [0, 1],
  one: [1],
  fills: [1, 0, 1],
  bills: [1, 0, 0, 1],
  tiers: [1, 0, 0, 0, 1],
  endedAlgos: [1, 0, 0, 0, 0, 1],
  oneAlgo: [1, 0, 0, 0, 0, 0, 1],
  placeAlgo: [0, 1, 0, 0, 0, 0, 0, 1],
  cancelAlgo: [1, 0, 0, 0, 0, 0, 0, 0, 1],
} as const satisfies Readonly<Record<string, Cost>>

/** 50011: of an endpoint; 50061: orders of an account. Each for one window. */
const TOO_OFTEN: ReadonlySet<string> = new Set(['50011', '50061'])

export const tooOften: TooOften = ({ venueCode }) => (venueCode !== null && TOO_OFTEN.has(venueCode) ? WINDOW_MS : null)
