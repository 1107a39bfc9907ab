/**
 * A clock that follows `now` and never stands still: while that one rests, wall time goes on in its place.
 * Budgets and penalties that a venue counts in time end on it also where market time waits for a request that waits for
 * its budget.
 * @param wall ms from any origin
 */
export function createRestlessClock(now: () => number, wall: () => number): () => number {
  let time = now()
  let seen = wall()
  return () => {
    const at = wall()
    time = Math.max(now(), time + (at - seen))
    seen = at
    return time
  }
}
