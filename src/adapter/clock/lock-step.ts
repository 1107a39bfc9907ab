import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { Clock } from '../../port/clock.ts'
import type { MarketControl } from './market-control.ts'
import type { Wakeup } from './wakeup.ts'

export interface LockStepOptions {
  readonly control: Pick<MarketControl, 'start' | 'advance'>
  readonly wakeup: Wakeup
  /** Market time per wall time; Infinity: as fast as both sides can. */
  readonly speed: number
  /** Requests are on their way: market time stands still until they are answered. */
  readonly busy: () => boolean
  /** The exchange is gone, or its market is over. */
  readonly onEnd: (reason: string | null) => void
}

export interface LockStepClock extends Clock {
  /** Market time that an answer or a frame carries. */
  observe(marketTime: EpochMs): void
}

/** How long an answer is waited for before the loop looks around. */
const LOOK_MS = 250

/**
 * Market time of an embedded exchange that moves only when we say so, and only while nothing of ours is on its way: what
 * freshness and order of events mean does not depend on how fast it runs.
 */
export function createLockStepClock(options: LockStepOptions): LockStepClock {
  const { control, wakeup, speed, busy, onEnd } = options
  let now = epochMs(control.start)
  let ended = false
  const origin = performance.now()

  function observe(marketTime: EpochMs): void {
    if (marketTime > now) now = marketTime
  }

  /** Wall ms until the market's time has come; negative: it is late. */
  const aheadMs = (): number =>
    speed === Number.POSITIVE_INFINITY ? 0 : origin + (now - control.start) / speed - performance.now()

  async function step(until: EpochMs, interrupt: AbortSignal): Promise<void> {
    if (busy()) return await wakeup.wait(LOOK_MS, interrupt)
    if (ended) return await wakeup.wait(LOOK_MS, interrupt)
    const ahead = aheadMs()
    // In slices that a command ends: nobody waits for the market to be obeyed.
    if (ahead > 0) return await wakeup.wait(Math.min(ahead, LOOK_MS), interrupt)
    try {
      const moved = await control.advance(until)
      observe(epochMs(moved.now))
      if (moved.ended) {
        ended = true
        onEnd(null)
      }
    } catch (error) {
      ended = true
      onEnd(error instanceof Error ? error.message : String(error))
    }
  }

  return {
    now: () => now,
    paced: true,
    observe,
    advance: () => undefined,
    wait: (until, interrupt) => (until <= now && !interrupt.aborted ? undefined : step(until, interrupt)),
  }
}
