import type { Cost, LimiterRules } from '../../../limiter/priority-limiter.ts'

/** The tightest of the limits that matter, for all requests together: 20 reads and 20 orders in 2 s; a part is left to others. */
export const LIMITER_RULES: LimiterRules = {
  buckets: [
    { capacity: 18, windowMs: 2_000 },
    { capacity: 18, windowMs: 2_000 },
  ],
  patienceMs: { protective: 4_000, query: 5_000, entry: 1_000, poll: 20_000 },
}

export const COST = { order: [0, 1], one: [1] } as const satisfies Readonly<Record<string, Cost>>
