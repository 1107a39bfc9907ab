import type { BarColumns } from '../../src/domain/bar-columns.ts'

const FAST = 2 / 13
const SLOW = 2 / 27
const STOP = 0.01
const TARGET = 0.02
const FEE = 0.0005

export interface BareResult {
  readonly trades: number
  readonly equity: number
}

/**
 * The yardstick: the averages' cross with stop and target in one loop over the columns. Entries at the next open, the
 * stop first in a bar that holds both, marked to market at every close; no book, no gate, no order, no rounding.
 */
export function bareLoop(bars: BarColumns): BareResult {
  const { open, high, low, close, length } = bars
  let fast = close[0]!
  let slow = close[0]!
  let above = false
  let wanted = 0
  let held = 0
  let stop = 0
  let target = 0
  let entry = 0
  let cash = 1
  let equity = 1
  let trades = 0
  for (let i = 1; i < length; i += 1) {
    if (wanted !== 0 && held === 0) {
      held = wanted
      entry = open[i]!
      stop = entry * (1 - held * STOP)
      target = entry * (1 + held * TARGET)
      cash -= FEE
    }
    wanted = 0
    if (held !== 0) {
      const stopped = held > 0 ? low[i]! <= stop : high[i]! >= stop
      const reached = held > 0 ? high[i]! >= target : low[i]! <= target
      if (stopped || reached) {
        cash += (held * ((stopped ? stop : target) - entry)) / entry - FEE
        held = 0
        trades += 1
      }
    }
    const price = close[i]!
    equity = held === 0 ? cash : cash + (held * (price - entry)) / entry
    fast += (price - fast) * FAST
    slow += (price - slow) * SLOW
    const now = fast > slow
    if (now !== above && i > 26) wanted = now ? 1 : -1
    above = now
  }
  return { trades, equity }
}
