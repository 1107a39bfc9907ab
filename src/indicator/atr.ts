import { ATR } from 'trading-signals'

/** Streaming average true range (Wilder), in price units; NaN until it is warm. */
export interface Atr {
  readonly value: () => number
  readonly update: (high: number, low: number, close: number) => number
}

export function createAtr(period: number): Atr {
  const atr = new ATR(period)
  // A field, because a captured variable that holds a double costs an allocation each time it is set.
  const held = { current: Number.NaN }
  return {
    value: () => held.current,
    update(high, low, close) {
      held.current = atr.update({ high, low, close }, false) ?? Number.NaN
      return held.current
    },
  }
}
