/** Lets a few in at once; the others wait in the order in which they came. */
export interface Turns {
  /** Whether there is a place, at once or within so many ms of wall time. Whoever got one gives it back. */
  take(withinMs: number): Promise<boolean>
  give(): void
}

export function createTurns(most: number): Turns {
  let left = most
  const waiting = new Set<() => void>()

  return {
    take(withinMs) {
      if (left > 0) {
        left -= 1
        return Promise.resolve(true)
      }
      return new Promise((settle) => {
        const enter = (): void => {
          clearTimeout(timer)
          settle(true)
        }
        const timer = setTimeout(() => {
          waiting.delete(enter)
          settle(false)
        }, withinMs)
        waiting.add(enter)
      })
    },
    give() {
      const [next] = waiting
      if (!next) {
        left += 1
        return
      }
      waiting.delete(next)
      next()
    },
  }
}
