import type { EpochMs } from '../../../domain/unit.ts'

/** How far the venue's clock is from ours, measured now and then. */
export interface ClockWatch {
  /** Server time minus ours by the best of a few round trips, by which requests are stamped from now on; ms. */
  measure(): Promise<number>
  /** Measures again when it is time; alarms where the offset is too large to trade with. */
  tick(alarm: (code: string, message: string) => void): void
  /** A request was refused for its time. */
  measureSoon(): void
}

export interface ClockWatchOptions {
  readonly serverTime: () => Promise<EpochMs>
  readonly now: () => EpochMs
  readonly setOffset: (offsetMs: number) => void
  readonly recvWindowMs: number
  readonly warn: (message: string) => void
  /** False where our clock is the venue's own, and its speed makes round trips look like offsets. */
  readonly watches: boolean
}

const SAMPLES = 3
const EVERY_MS = 300_000
const WARN_MS = 250
const ALARM_MS = 1_000
const WINDOW_SHARE = 5

export function createClockWatch(options: ClockWatchOptions): ClockWatch {
  const { serverTime, now, setOffset, recvWindowMs, warn, watches } = options
  const limit = Math.min(ALARM_MS, recvWindowMs / WINDOW_SHARE)
  let dueAt = Number.POSITIVE_INFINITY
  let isMeasuring = false
  let known: number | null = null
  /** What has been found out and not been told yet. */
  let found: string | null = null

  async function measure(): Promise<number> {
    let best = { roundTrip: Number.POSITIVE_INFINITY, offset: 0 }
    for (let i = 0; i < SAMPLES; i++) {
      const sent = now()
      const server = await serverTime()
      const received = now()
      const roundTrip = received - sent
      if (roundTrip <= best.roundTrip) best = { roundTrip, offset: server - (sent + received) / 2 }
    }
    const doubt = best.roundTrip / 2
    // An answer that took long says little: what it does not contradict stays.
    if (known === null || doubt <= WARN_MS || Math.abs(best.offset - known) > doubt) known = best.offset
    const offset = known
    setOffset(offset)
    dueAt = now() + EVERY_MS
    const size = Math.round(Math.abs(offset))
    if (watches && size >= limit) found = `the clock is ${size} ms off the venue's, limit ${limit} ms`
    else if (watches && size >= WARN_MS) warn(`the clock is ${size} ms off the venue's`)
    return offset
  }

  return {
    measure,
    measureSoon() {
      dueAt = Number.NEGATIVE_INFINITY
    },
    tick(alarm) {
      if (found !== null) {
        alarm('CLOCK_OFFSET', found)
        found = null
      }
      if (isMeasuring || now() < dueAt) return
      isMeasuring = true
      measure()
        .catch(() => {
          // The venue cannot be asked; others notice that. Once more a little later.
          dueAt = now() + EVERY_MS / 10
        })
        .finally(() => {
          isMeasuring = false
        })
    },
  }
}
