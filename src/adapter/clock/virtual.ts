import { setImmediate } from 'node:timers/promises'
import type { EpochMs } from '../../domain/unit.ts'
import type { Clock } from '../../port/clock.ts'

/** Wall time between two pauses in which signals and the terminal get their turn. */
const BREATH_MS = 50
/** Market time that moves only with the events: as fast as the machine can. */
export function createVirtualClock(start: EpochMs): Clock {
  let now = start
  let lastBreath = performance.now()
  return {
    now: () => now,
    paced: false,
    advance(to) {
      if (to > now) now = to
    },
    wait() {
      if (performance.now() - lastBreath < BREATH_MS) return undefined
      return setImmediate().then(() => {
        lastBreath = performance.now()
      })
    },
  }
}
