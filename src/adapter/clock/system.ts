import { setImmediate } from 'node:timers/promises'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { Clock } from '../../port/clock.ts'
import type { Wakeup } from './wakeup.ts'

export interface SystemClockOptions {
  readonly wakeup: Wakeup
  /** The wall clock was set: by so many ms, positive is forward. */
  readonly onJump: (byMs: number) => void
}

/** Longest sleep in one piece. */
const MAX_SLEEP_MS = 250
const BREATH_MS = 50
/** A difference to the steady clock beyond this is no drift. */
const JUMP_MS = 1_000

/** The wall clock, which never goes back: set back, it stands still until it is where it was. */
export function createSystemClock({ wakeup, onJump }: SystemClockOptions): Clock {
  let offset = Date.now() - performance.now()
  let last = Date.now()
  let lastBreath = performance.now()

  function now(): EpochMs {
    const wall = Date.now()
    const steady = performance.now() + offset
    const by = wall - steady
    if (Math.abs(by) > JUMP_MS) {
      offset += by
      onJump(by)
    }
    last = Math.max(last, wall)
    return epochMs(last)
  }

  return {
    now,
    paced: true,
    advance: () => undefined,
    wait(until, interrupt) {
      const ahead = until - now()
      if (ahead <= 0) {
        if (performance.now() - lastBreath < BREATH_MS) return undefined
        return setImmediate().then(() => {
          lastBreath = performance.now()
        })
      }
      lastBreath = performance.now()
      return wakeup.wait(Math.min(ahead, MAX_SLEEP_MS), interrupt)
    },
  }
}
