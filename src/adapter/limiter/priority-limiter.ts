import { createTokenBucket, type BucketRules } from './token-bucket.ts'

/**
 * Whose turn it is, most urgent first: protective orders, exits and cancels; questions about orders of unknown fate;
 * entries; regular polling.
 */
export type Priority = 'protective' | 'query' | 'entry' | 'poll'

/** What a request takes out of each of the venue's budgets, in the order of the limiter's buckets. */
export type Cost = readonly number[]

/** `refused`: nothing was sent, and nothing will be. */
export type Grant = 'granted' | 'refused'

export interface LimiterRules {
  readonly buckets: readonly BucketRules[]
  /** Longest wait for a turn, by priority; ms of the limiter's clock. */
  readonly patienceMs: Readonly<Record<Priority, number>>
}

export interface PriorityLimiter {
  /** `granted` at once where the budget allows, which costs no turn of the event loop; else a promise of the outcome. */
  acquire(priority: Priority, cost: Cost): Grant | Promise<Grant>
  /** The venue said that it was asked too often: nothing but a few protective requests leaves for `ms`. */
  penalise(ms: number): void
  /** The venue's own count of what is used up of a budget. */
  observe(bucket: number, used: number): void
  /** Looks whether anybody's turn has come; to be called when time has passed. */
  pump(): void
  readonly waiting: number
}

const ORDER: readonly Priority[] = ['protective', 'query', 'entry', 'poll']
/** Share of each budget that is kept for those more urgent. */
const RESERVED: Readonly<Record<Priority, number>> = { protective: 0, query: 0.1, entry: 0.2, poll: 0.4 }
/** Of one priority; a caller beyond it is refused at once. */
const MAX_WAITING = 128
/** Protective requests that may leave while the venue asks for silence. */
const PENALTY_ALLOWANCE = 8

interface Waiter {
  readonly cost: Cost
  readonly until: number
  readonly settle: (grant: Grant) => void
}

/**
 * Budgets of a venue, spent by urgency: a stop never queues behind a poll, and polls never use up what a stop needs.
 * @param now the clock the venue's windows run on, ms
 */
export function createPriorityLimiter(rules: LimiterRules, now: () => number): PriorityLimiter {
  const buckets = rules.buckets.map((bucket) => createTokenBucket(bucket, now()))
  const queues: Readonly<Record<Priority, Waiter[]>> = { protective: [], query: [], entry: [], poll: [] }
  const penalty = { until: Number.NEGATIVE_INFINITY, allowance: 0 }
  let waiting = 0

  function take(priority: Priority, cost: Cost, at: number): boolean {
    const silent = at < penalty.until
    if (silent && (priority !== 'protective' || penalty.allowance === 0)) return false
    const reserved = RESERVED[priority]
    for (let i = 0; i < buckets.length; i += 1) {
      const bucket = buckets[i]!
      const amount = cost[i] ?? 0
      // An exit costs no weight: whoever else has used it up on this address must not hold it back.
      if (amount === 0 && priority === 'protective') continue
      if (!bucket.has(amount === 0 ? 0 : amount + bucket.capacity * reserved, at)) return false
    }
    for (let i = 0; i < buckets.length; i += 1) buckets[i]!.take(cost[i] ?? 0, at)
    if (silent) penalty.allowance -= 1
    return true
  }

  /** A request waits while someone at least as urgent does. */
  const mustQueue = (priority: Priority): boolean => {
    for (const each of ORDER) {
      if (queues[each].length > 0) return true
      if (each === priority) return false
    }
    return false
  }

  function pump(): void {
    if (waiting === 0) return
    const at = now()
    let blocked = false
    for (const priority of ORDER) {
      const queue = queues[priority]
      while (queue.length > 0) {
        const first = queue[0]!
        if (at > first.until) leave(queue, 'refused')
        else if (!blocked && take(priority, first.cost, at)) leave(queue, 'granted')
        else break
      }
      blocked ||= queue.length > 0
    }
  }

  function leave(queue: Waiter[], grant: Grant): void {
    const waiter = queue.shift()!
    waiting -= 1
    waiter.settle(grant)
  }

  return {
    acquire(priority, cost) {
      const at = now()
      if (waiting > 0) pump()
      if ((waiting === 0 || !mustQueue(priority)) && take(priority, cost, at)) return 'granted'
      const queue = queues[priority]
      if (queue.length >= MAX_WAITING) return 'refused'
      waiting += 1
      return new Promise((settle) => queue.push({ cost, until: at + rules.patienceMs[priority], settle }))
    },
    penalise(ms) {
      const until = now() + ms
      if (now() >= penalty.until) penalty.allowance = PENALTY_ALLOWANCE
      penalty.until = Math.max(penalty.until, until)
    },
    observe(bucket, used) {
      buckets[bucket]?.observe(used, now())
    },
    pump,
    get waiting() {
      return waiting
    },
  }
}
