/** Streaming exponential moving average; NaN until `period` values have been seen. */
export interface Ema {
  readonly value: () => number
  readonly update: (value: number) => number
}

/**
 * Weight of the newest value: 2 / (period + 1); the first value starts it. Written out because it is asked for on every
 * bar of a backtest, and the library that the other indicators come from makes two objects a value.
 */
export function createEma(period: number): Ema {
  const weight = 2 / (period + 1)
  let seen = 0
  // Fields, because a captured variable that holds a double costs an allocation each time it is set.
  const held = { average: Number.NaN, shown: Number.NaN }
  return {
    value: () => held.shown,
    update(value) {
      const before = seen === 0 ? value : held.average
      held.average = value * weight + before * (1 - weight)
      if (seen < period) seen++
      if (seen >= period) held.shown = held.average
      return held.shown
    },
  }
}
