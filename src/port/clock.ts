import type { EpochMs } from '../domain/unit.ts'

/** Market time, and how the run loop waits for it. */
export interface Clock {
  now(): EpochMs
  /** False: market time moves only with the events, and nothing ever waits for it. */
  readonly paced: boolean
  /**
   * Resolves when market time has reached `until` or `interrupt` fires; `undefined` when it need not wait at all,
   * so that a run as fast as possible stays synchronous.
   */
  wait(until: EpochMs, interrupt: AbortSignal): Promise<void> | undefined
  /** Virtual clocks are told where market time stands; others ignore it. */
  advance(to: EpochMs): void
}
