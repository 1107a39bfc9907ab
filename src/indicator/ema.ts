import { EMA } from 'trading-signals'

/** Streaming exponential moving average; NaN until `period` values have been seen. */
export interface Ema {
  readonly value: () => number
  readonly update: (value: number) => number
}

export function createEma(period: number): Ema {
  const ema = new EMA(period)
  let seen = 0
  // A field, because a captured variable that holds a double costs an allocation each time it is set.
  const held = { current: Number.NaN }
  return {
    value: () => held.current,
    update(value) {
      const next = ema.update(value, false)
      if (seen < period) seen++
      held.current = seen >= period ? next : Number.NaN
      return held.current
    },
  }
}
