import type { Cost, LimiterRules } from '../../../limiter/priority-limiter.ts'

/** Request weight per minute of an IP, and orders per 10 s of an account; a tenth of each is left to others. */
export const LIMITER_RULES: LimiterRules = {
  buckets: [
    { capacity: 2_160, windowMs: 60_000, spare: 240 },
    { capacity: 270, windowMs: 10_000 },
  ],
  patienceMs: { protective: 4_000, deferred: 4_000, query: 5_000, entry: 1_000, poll: 20_000 },
}

/** Place of the weight among the buckets. */
export const WEIGHT = 0

export const COST = {
  placeOrder: [0, 1],
  placeAlgo: [1, 1],
  one: [1],
  allOpen: [40],
  history: [5],
  trades: [5],
  account: [5],
  income: [30],
  hedge: [30],
  countdown: [10],
} as const satisfies Readonly<Record<string, Cost>>
