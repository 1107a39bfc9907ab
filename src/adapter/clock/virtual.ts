import { setImmediate } from 'node:timers/promises'
import type { EpochMs } from '../../domain/unit.ts'
import type { Clock } from '../../port/clock.ts'

/** Wall time between two pauses in which signals and the terminal get their turn. */
const BREATH_MS = 50
/** Looks at the wall clock are not free: one of so many questions takes one. */
const QUESTIONS_A_LOOK = 8
/** Market time that moves only with the events: as fast as the machine can. */
export function createVirtualClock(start: EpochMs): Clock {
  let now = start
  let lastBreath = performance.now()
  let questions = 0
  return {
    now: () => now,
    paced: false,
    advance(to) {
      if (to > now) now = to
    },
    wait() {
      questions += 1
      if (questions % QUESTIONS_A_LOOK !== 0 || performance.now() - lastBreath < BREATH_MS) return undefined
      return setImmediate().then(() => {
        lastBreath = performance.now()
      })
    },
  }
}
