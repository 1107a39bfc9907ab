import type { EngineEvent } from '../domain/event.ts'
import type { EpochMs } from '../domain/unit.ts'

/**
 * A source of events in time order that can be asked synchronously: the embedded exchange with its tape, an inbox
 * of answers from the network, a recording.
 */
export interface EventSource {
  /** Time of the next event if it is known, else `undefined` (nothing yet, or an inbox that is empty). */
  peek(): EpochMs | undefined
  /**
   * The next event not after `until`. A matching venue advances its own state exactly as far as the event it
   * returns. `undefined`: nothing happens up to `until`.
   */
  next(until: EpochMs): EngineEvent | undefined
  /** True when no event will ever come again. */
  exhausted(): boolean
}
