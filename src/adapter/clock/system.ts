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
/** A wall clock that was set back by no more than this was put right, and is waited for. */
const MAX_STANDSTILL_MS = 5_000

/**
 * The wall clock, which never goes back: set back by a few seconds it stands still until it is where it was, by more it
 * goes on by the steady clock until the wall clock has come near again. Were it to stand still for long, no pause would
 * end, and a venue would refuse each request for its age.
 */
export function createSystemClock({ wakeup, onJump }: SystemClockOptions): Clock {
  let offset = Date.now() - performance.now()
  /** By how much the wall clock is known to be behind one that goes on without it; 0 or less. */
  let behind = 0
  let last = Date.now()
  let lastBreath = performance.now()

  function now(): EpochMs {
    const wall = Date.now()
    const steady = performance.now() + offset
    const by = wall - steady
    if (Math.abs(by - behind) > JUMP_MS) onJump(by - behind)
    const goesOn = by < -MAX_STANDSTILL_MS
    behind = goesOn ? by : 0
    if (!goesOn) offset += by
    last = Math.max(last, goesOn ? Math.floor(steady) : wall)
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
