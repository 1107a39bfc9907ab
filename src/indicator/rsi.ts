import { RSI } from 'trading-signals'

/** Streaming relative strength index (Wilder), 0–100; NaN until it is warm. */
export interface Rsi {
  readonly value: () => number
  readonly update: (close: number) => number
}

export function createRsi(period: number): Rsi {
  const rsi = new RSI(period)
  // A field, because a captured variable that holds a double costs an allocation each time it is set.
  const held = { current: Number.NaN }
  return {
    value: () => held.current,
    update(close) {
      held.current = rsi.update(close, false) ?? Number.NaN
      return held.current
    },
  }
}
