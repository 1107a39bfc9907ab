import type { BarEvent } from '../../domain/event.ts'
import { MINUTE_MS } from '../../domain/time.ts'

/** Bars that the moving figures need before they are given out, and the length of the exponential averages. */
const WINDOW = 20
const WEIGHT = 2 / (WINDOW + 1)
const ATR_PERIOD = 14

type ClosedBar = Pick<BarEvent, 'openTime' | 'high' | 'low' | 'close' | 'volume'>

/** What was known of an instrument before its current bar opened. */
export interface BarStatistics {
  /** σ of one minute, a fraction: close-to-close, exponentially weighted, scaled by √time. NaN while it is warming up. */
  readonly minuteVolatility: number
  /** Mean volume of one minute in base units; NaN while it is warming up. */
  readonly minuteVolume: number
  /** Wilder's ATR(14) of these bars; NaN while it is warming up. */
  readonly atr: number
  /** Takes in a bar that has closed; volume NaN where it is unknown. */
  add(bar: ClosedBar): void
}

export function createBarStatistics(barMs: number): BarStatistics {
  const minutes = barMs / MINUTE_MS
  // Fields of an object, because a captured variable that holds a double costs an allocation each time it is set.
  const sums = { variance: Number.NaN, volume: Number.NaN, range: Number.NaN }
  sums.variance = 0
  sums.volume = 0
  sums.range = 0
  const last = { openTime: Number.NaN, close: Number.NaN }
  let returns = 0
  let volumes = 0
  let ranges = 0
  const statistics = {
    minuteVolatility: Number.NaN,
    minuteVolume: Number.NaN,
    atr: Number.NaN,
    add({ openTime, high, low, close, volume: traded }: ClosedBar): void {
      const before = last.close
      let range = high - low
      if (before === before) {
        range = Math.max(range, high - before, before - low)
        if (openTime - last.openTime === barMs) {
          const change = close / before - 1
          sums.variance += (returns < WINDOW ? 1 / (returns + 1) : WEIGHT) * (change * change - sums.variance)
          returns += 1
          if (returns >= WINDOW) statistics.minuteVolatility = Math.sqrt(sums.variance / minutes)
        }
      }
      last.openTime = openTime
      last.close = close
      if (!Number.isNaN(traded)) {
        sums.volume += (volumes < WINDOW ? 1 / (volumes + 1) : WEIGHT) * (traded - sums.volume)
        volumes += 1
        if (volumes >= WINDOW) statistics.minuteVolume = sums.volume / minutes
      }
      if (ranges < ATR_PERIOD) {
        ranges += 1
        sums.range += range
        if (ranges === ATR_PERIOD) statistics.atr = sums.range / ATR_PERIOD
      } else statistics.atr += (range - statistics.atr) / ATR_PERIOD
    },
  }
  return statistics
}
