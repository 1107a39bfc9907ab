import type { Driver } from './driver.ts'

/** Lets market time run at a multiple of the wall clock's. */
export interface Pacer {
  start(): void
  stop(): void
  /** Resolves once market time is there. */
  reached(time: number): Promise<void>
}

const STEP_MS = 5

export function createPacer(driver: Driver, speed: number): Pacer {
  let timer: ReturnType<typeof setInterval> | null = null
  let origin = 0
  let from = 0
  const waiting: { readonly time: number; readonly resolve: () => void }[] = []

  function step(): void {
    driver.playTo(from + Math.floor((performance.now() - origin) * speed))
    for (const entry of [...waiting]) {
      if (entry.time > driver.now) continue
      waiting.splice(waiting.indexOf(entry), 1)
      entry.resolve()
    }
  }

  return {
    start() {
      origin = performance.now()
      from = driver.now
      timer = setInterval(step, STEP_MS)
    },
    stop() {
      if (timer) clearInterval(timer)
      for (const entry of waiting.splice(0)) entry.resolve()
    },
    reached(time) {
      if (driver.now >= time) return Promise.resolve()
      return new Promise((resolve) => waiting.push({ time, resolve }))
    },
  }
}
