import type { Instrument } from '../../../domain/instrument.ts'

/** Dead man's switches by symbol: unless the client speaks again in time, the symbol's open orders are cancelled. */
export interface Countdowns {
  /** Market time of the next one; `Infinity`: none is armed. */
  readonly due: number
  /** Replaces the symbol's countdown. */
  arm(instrument: Instrument, due: number): void
  disarm(instrument: Instrument): void
  /** The symbols whose time has come, which are thereby disarmed. */
  take(now: number): readonly Instrument[]
}

export function createCountdowns(): Countdowns {
  const armed = new Map<Instrument, number>()
  return {
    get due() {
      return Math.min(Number.POSITIVE_INFINITY, ...armed.values())
    },
    arm: (instrument, due) => void armed.set(instrument, due),
    disarm: (instrument) => void armed.delete(instrument),
    take(now) {
      const over = [...armed].filter(([, due]) => due <= now).map(([instrument]) => instrument)
      for (const instrument of over) armed.delete(instrument)
      return over
    },
  }
}
