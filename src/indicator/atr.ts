import { ATR } from 'trading-signals'

/** Streaming average true range (Wilder), in price units; NaN until it is warm. */
export interface Atr {
  readonly value: () => number
  readonly update: (high: number, low: number, close: number) => number
}

export function createAtr(period: number): Atr {
  const atr = new ATR(period)
  let current = Number.NaN
  return {
    value: () => current,
    update(high, low, close) {
      current = atr.update({ high, low, close }, false) ?? Number.NaN
      return current
    },
  }
}
