import type { Cost, LimiterRules } from '../../../limiter/priority-limiter.ts'

/**
 * The venue counts by endpoint, the tightest 20 in 2 s; no more than a third of all requests go to the same one. Orders
 * have a count of their own.
 */
export const LIMITER_RULES: LimiterRules = {
  buckets: [
    { capacity: 54, windowMs: 2_000 },
    { capacity: 54, windowMs: 2_000 },
  ],
  patienceMs: { protective: 4_000, deferred: 4_000, query: 5_000, entry: 1_000, poll: 20_000 },
}

export const COST = { order: [0, 1], one: [1] } as const satisfies Readonly<Record<string, Cost>>
