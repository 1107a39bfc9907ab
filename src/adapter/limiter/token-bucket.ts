export interface BucketRules {
  /** Requests, or their weights, in one window. */
  readonly capacity: number
  readonly windowMs: number
  /** As much beyond it is left to others; what protects uses it all the same where they have used up the rest. [0] */
  readonly spare?: number
}

export interface TokenBucket {
  readonly capacity: number
  has(amount: number, at: number): boolean
  take(amount: number, at: number): void
  /**
   * The other side counts `used` of this window's budget as spent: ours is never believed to be larger. Whatever it
   * counts is forgotten when a window has passed.
   */
  observe(used: number, at: number): void
}

/** A budget that refills evenly; full at `start`. Times in ms. */
export function createTokenBucket({ capacity, windowMs }: BucketRules, start: number): TokenBucket {
  const own = { level: capacity, at: start }

  function refill(at: number): void {
    if (at <= own.at) return
    own.level = Math.min(capacity, own.level + ((at - own.at) * capacity) / windowMs)
    own.at = at
  }

  return {
    capacity,
    has(amount, at) {
      refill(at)
      return own.level >= amount
    },
    take(amount, at) {
      refill(at)
      own.level -= amount
    },
    observe(used, at) {
      refill(at)
      own.level = Math.min(own.level, Math.max(capacity - used, -capacity))
    },
  }
}
