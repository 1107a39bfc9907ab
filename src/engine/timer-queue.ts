import { removeAt } from '../domain/short-list.ts'
import type { EpochMs } from '../domain/unit.ts'

/** More pending timers than this is a leak, not a workload. */
const MAX_TIMERS = 10_000

interface Timer {
  readonly id: string
  at: EpochMs
  sequence: number
}

/** Pending timers by (time, order of scheduling). Scheduling a known id moves it. */
export interface TimerQueue {
  /** Time of the earliest timer, Infinity when there is none. */
  nextAt(): number
  set(id: string, at: EpochMs): void
  cancel(id: string): void
  pop(): { readonly id: string; readonly at: EpochMs } | undefined
}

export function createTimerQueue(): TimerQueue {
  const timers: Timer[] = []
  let sequence = 0
  let earliest: Timer | undefined

  function settle(): void {
    earliest = undefined
    for (const timer of timers) {
      if (!earliest || timer.at < earliest.at || (timer.at === earliest.at && timer.sequence < earliest.sequence))
        earliest = timer
    }
  }

  return {
    nextAt: () => (earliest ? earliest.at : Number.POSITIVE_INFINITY),
    set(id, at) {
      const known = timers.find((timer) => timer.id === id)
      if (known) {
        known.at = at
        known.sequence = sequence++
      } else {
        if (timers.length >= MAX_TIMERS) throw new Error(`more than ${MAX_TIMERS} timers are pending`)
        timers.push({ id, at, sequence: sequence++ })
      }
      settle()
    },
    cancel(id) {
      const index = timers.findIndex((timer) => timer.id === id)
      if (index >= 0) timers.splice(index, 1)
      settle()
    },
    pop() {
      if (!earliest) return undefined
      const due = earliest
      removeAt(timers, timers.indexOf(due))
      settle()
      return due
    },
  }
}
