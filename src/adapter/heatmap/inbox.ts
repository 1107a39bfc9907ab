import type { HeatmapEvent, HeatmapFailed } from '../../domain/event.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { EventSource } from '../../port/market.ts'

/** Events from the network, waiting for the run loop to ask. */
export interface HeatmapInbox extends EventSource {
  push(event: HeatmapEvent | HeatmapFailed): void
  /** After this nothing more will come. */
  end(): void
  /** Events thrown away, oldest first, because nobody asked in time. */
  readonly dropped: number
}

const CAPACITY = 256

export function createInbox(): HeatmapInbox {
  const waiting: (HeatmapEvent | HeatmapFailed)[] = []
  let lastTime: EpochMs = epochMs(Number.NEGATIVE_INFINITY)
  let dropped = 0
  let ended = false
  return {
    push(event) {
      // A wall clock may be set back; the order of arrival stays the order of events.
      const time = epochMs(Math.max(event.time, lastTime))
      lastTime = time
      waiting.push(time === event.time ? event : { ...event, time })
      if (waiting.length > CAPACITY) {
        waiting.shift()
        dropped++
      }
    },
    end() {
      ended = true
    },
    get dropped() {
      return dropped
    },
    peek: () => waiting[0]?.time,
    next(until) {
      const first = waiting[0]
      return first !== undefined && first.time <= until ? waiting.shift() : undefined
    },
    exhausted: () => ended && waiting.length === 0,
  }
}
