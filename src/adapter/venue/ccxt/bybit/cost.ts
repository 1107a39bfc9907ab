import type { Cost, LimiterRules } from '../../../limiter/priority-limiter.ts'

/** Requests of an IP in 5 s, and orders of an account in a second; a part of each is left to others. */
export const LIMITER_RULES: LimiterRules = {
  buckets: [
    { capacity: 540, windowMs: 5_000 },
    { capacity: 9, windowMs: 1_000 },
  ],
  patienceMs: { protective: 4_000, deferred: 4_000, query: 5_000, entry: 1_000, poll: 20_000 },
}

export const COST = { order: [1, 1], one: [1] } as const satisfies Readonly<Record<string, Cost>>
