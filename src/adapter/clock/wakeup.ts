/** Wakes a run loop that sleeps, from wherever something has come in. */
export interface Wakeup {
  notify(): void
  /** Resolves at the next notice, at once when there was one since the last wait, or after `ms` of wall time. */
  wait(ms: number, interrupt: AbortSignal): Promise<void>
}

export function createWakeup(): Wakeup {
  let noticed = false
  let wake: (() => void) | null = null

  return {
    notify() {
      noticed = true
      wake?.()
    },
    wait(ms, interrupt) {
      if (noticed || interrupt.aborted) {
        noticed = false
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          interrupt.removeEventListener('abort', done)
          wake = null
          noticed = false
          resolve()
        }
        const timer = setTimeout(done, ms)
        interrupt.addEventListener('abort', done)
        wake = done
      })
    },
  }
}
