import { setImmediate, setTimeout } from 'node:timers/promises'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { Clock } from '../../port/clock.ts'

/** Longest sleep in one piece, so that an inbox is looked at in between. */
const MAX_SLEEP_MS = 250
const BREATH_MS = 50

/** Market time that runs at `speed` times the wall clock, starting at `start` when it is created. */
export function createPacedClock(start: EpochMs, speed: number): Clock {
  const origin = performance.now()
  let lastBreath = origin
  const now = (): EpochMs => epochMs(start + (performance.now() - origin) * speed)

  return {
    now,
    paced: true,
    advance: () => undefined,
    wait(until, interrupt) {
      const ahead = (until - now()) / speed
      if (ahead <= 0) {
        // Behind schedule: still let signals and the terminal have their turn.
        if (performance.now() - lastBreath < BREATH_MS) return undefined
        return setImmediate().then(() => {
          lastBreath = performance.now()
        })
      }
      lastBreath = performance.now()
      return setTimeout(Math.min(ahead, MAX_SLEEP_MS), undefined, { signal: interrupt }).catch((error: unknown) => {
        if (!interrupt.aborted) throw error
      })
    },
  }
}
