import { RSI } from 'trading-signals'

/** Streaming relative strength index (Wilder), 0–100; NaN until it is warm. */
export interface Rsi {
  readonly value: () => number
  readonly update: (close: number) => number
}

export function createRsi(period: number): Rsi {
  const rsi = new RSI(period)
  let current = Number.NaN
  return {
    value: () => current,
    update(close) {
      current = rsi.update(close, false) ?? Number.NaN
      return current
    },
  }
}
