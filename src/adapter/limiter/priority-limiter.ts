import { createTokenBucket, type BucketRules } from './token-bucket.ts'

/**
 * Whose turn it is, most urgent first: protective orders, exits and cancels; what protects and yet has to wait where the
 * venue asks for silence; questions about orders of unknown fate; entries; regular polling.
 */
export type Priority = 'protective' | 'deferred' | 'query' | 'entry' | 'poll'

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
  /** The venue said that it was asked too often: nothing but a few protective requests leaves for `ms`, one more each few seconds. */
  penalise(ms: number): void
  /** The venue's own count of what is used up of a budget. */
  observe(bucket: number, used: number): void
  /** Looks whether anybody's turn has come; to be called when time has passed. */
  pump(): void
  readonly waiting: number
}

const ORDER: readonly Priority[] = ['protective', 'deferred', 'query', 'entry', 'poll']
/** Share of each budget that is kept for those more urgent. */
const RESERVED: Readonly<Record<Priority, number>> = { protective: 0, deferred: 0, query: 0.1, entry: 0.2, poll: 0.4 }
/** Of one priority; a caller beyond it is refused at once. */
const MAX_WAITING = 128
/** Protective requests that may leave at once while the venue asks for silence, and ms until one more may. */
const PENALTY_ALLOWANCE = 8
const ALLOWANCE_BACK_MS = 5_000
const ALLOWANCE: BucketRules = { capacity: PENALTY_ALLOWANCE, windowMs: PENALTY_ALLOWANCE * ALLOWANCE_BACK_MS }

interface Waiter {
  readonly cost: Cost
  readonly until: number
  readonly settle: (grant: Grant) => void
}

/** A set of buckets, as bits. */
type Buckets = number
const NONE: Buckets = 0
const ALL: Buckets = -1

/** Those who wait and come first. */
interface Ahead {
  /** What they lack: nobody behind them takes anything from it. */
  held: Buckets
  /** What must be left of each bucket for those who are next. */
  readonly aside: number[]
}

/** Those that it takes something from. */
function drawn(cost: Cost): Buckets {
  let buckets = NONE
  for (let i = 0; i < cost.length; i += 1) if (cost[i]! > 0) buckets |= 1 << i
  return buckets
}

/**
 * Budgets of a venue, spent by urgency: a stop never queues behind a poll, and polls never use up what a stop needs. Of one
 * urgency the first comes first. Nobody queues for a budget that he takes nothing from: who waits holds what he lacks,
 * and has what he needs besides set aside once he is the next.
 * @param now the clock the venue's windows run on, ms
 */
export function createPriorityLimiter(rules: LimiterRules, now: () => number): PriorityLimiter {
  const buckets = rules.buckets.map((bucket) => createTokenBucket(bucket, now()))
  const spares = rules.buckets.map(({ spare = 0 }) => spare)
  const queues: Readonly<Record<Priority, Waiter[]>> = { protective: [], deferred: [], query: [], entry: [], poll: [] }
  const penalty = { until: Number.NEGATIVE_INFINITY, allowance: createTokenBucket(ALLOWANCE, now()) }
  let waiting = 0

  /**
   * What has too little for it; all where the venue asks for silence.
   * @param aside what others need of each bucket first; an exit asks only whether there is enough for itself
   */
  function lacking(priority: Priority, cost: Cost, at: number, aside: readonly number[] = []): Buckets {
    if (at < penalty.until && (priority !== 'protective' || !penalty.allowance.has(1, at))) return ALL
    const reserved = RESERVED[priority]
    let short = NONE
    for (let i = 0; i < buckets.length; i += 1) {
      const bucket = buckets[i]!
      const amount = cost[i] ?? 0
      // An exit costs no weight: whoever else has used it up on this address must not hold it back.
      if (amount === 0 && priority === 'protective') continue
      const kept = priority === 'protective' ? -spares[i]! : Math.max(bucket.capacity * reserved, aside[i] ?? 0)
      if (!bucket.has(amount === 0 ? 0 : amount + kept, at)) short |= 1 << i
    }
    return short
  }

  function take(priority: Priority, cost: Cost, at: number, aside?: readonly number[]): boolean {
    if (lacking(priority, cost, at, aside) !== NONE) return false
    for (let i = 0; i < buckets.length; i += 1) buckets[i]!.take(cost[i] ?? 0, at)
    if (at < penalty.until) penalty.allowance.take(1, at)
    return true
  }

  /** Adds one who waits to those whom nobody may overtake. */
  function line(ahead: Ahead, priority: Priority, cost: Cost, at: number): void {
    // Whoever waits for another is not the next to be served: what he needs besides is free until he is.
    const isNext = (drawn(cost) & ahead.held) === NONE
    ahead.held |= lacking(priority, cost, at)
    if (!isNext) return
    for (let i = 0; i < buckets.length; i += 1) {
      const amount = cost[i] ?? 0
      const least = buckets[i]!.capacity * RESERVED[priority]
      if (amount > 0) ahead.aside[i] = Math.max(ahead.aside[i]!, least) + amount
    }
  }

  const nobody = (): Ahead => ({ held: NONE, aside: buckets.map(() => 0) })

  /** Those who wait and are at least as urgent. */
  function aheadOf(priority: Priority, at: number): Ahead {
    const ahead = nobody()
    for (const each of ORDER) {
      for (const { cost } of queues[each]) line(ahead, each, cost, at)
      if (each === priority) break
    }
    return ahead
  }

  const pass = (priority: Priority, cost: Cost, at: number, { held, aside }: Ahead): boolean =>
    held !== ALL && (drawn(cost) & held) === NONE && take(priority, cost, at, aside)

  function pump(): void {
    if (waiting === 0) return
    const at = now()
    const ahead = nobody()
    for (const priority of ORDER) {
      const queue = queues[priority]
      for (let i = 0; i < queue.length;) {
        const { cost, until } = queue[i]!
        if (at > until) leave(queue, i, 'refused')
        else if (pass(priority, cost, at, ahead)) leave(queue, i, 'granted')
        else {
          line(ahead, priority, cost, at)
          i += 1
        }
      }
    }
  }

  function leave(queue: Waiter[], place: number, grant: Grant): void {
    const [waiter] = queue.splice(place, 1)
    waiting -= 1
    waiter!.settle(grant)
  }

  return {
    acquire(priority, cost) {
      const at = now()
      if (waiting > 0) pump()
      if (waiting === 0 ? take(priority, cost, at) : pass(priority, cost, at, aheadOf(priority, at))) return 'granted'
      const queue = queues[priority]
      if (queue.length >= MAX_WAITING) return 'refused'
      waiting += 1
      return new Promise((settle) => queue.push({ cost, until: at + rules.patienceMs[priority], settle }))
    },
    penalise(ms) {
      const at = now()
      if (at >= penalty.until) penalty.allowance = createTokenBucket(ALLOWANCE, at)
      penalty.until = Math.max(penalty.until, at + ms)
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
