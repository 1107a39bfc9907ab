import type { BarColumns } from '../../src/domain/bar-columns.ts'
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts'

const BAR_MS = 5 * MINUTE_MS
const DAY_BARS = DAY_MS / BAR_MS
const FIRST = Date.UTC(2026, 0, 5)
const START = FIRST + DAY_MS
const CALM = { price: 100_000, reach: 30, volume: 20 }

type Bar = readonly [high: number, low: number, close: number, volume: number]

/** Thin bars fill a limit in parts. */
const DAY: readonly Bar[] = [
  // Up: long, of which this thin bar fills a part.
  [100_230, 99_990, 100_200, 20],
  [100_300, 100_150, 100_250, 2],
  // The rest of it; then as far as the stop is away: the stop moves to break-even.
  [100_700, 100_150, 100_650, 20],
  // The target.
  [101_150, 100_600, 101_000, 20],
  // Down: short.
  [101_020, 100_680, 100_700, 20],
  // Stopped out.
  [101_300, 100_650, 101_200, 20],
]

/** Market time at which the bot is to stop: within a bar, so that a little later nothing new is decided. */
export const DAY_END = START + (DAY.length - 1) * BAR_MS + 3.5 * MINUTE_MS

/** A calm day as history, then the day itself, then calm again. */
export function dayColumns(): BarColumns {
  const length = 2 * DAY_BARS + 1
  const column = (): Float64Array => new Float64Array(length)
  const columns = {
    symbol: 'BTCUSDT',
    barMs: BAR_MS,
    length,
    openTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    turnover: column(),
    openInterest: column().fill(80_000),
    fundingRate: column(),
    longShortRatio: column().fill(1),
    takerBuyVolume: column(),
  }
  let last = CALM.price
  for (let row = 0; row < length; row++) {
    const [high, low, close, volume] = DAY[row - DAY_BARS] ?? [last + CALM.reach, last - CALM.reach, last, CALM.volume]
    columns.openTime[row] = FIRST + row * BAR_MS
    columns.open[row] = last
    columns.high[row] = high
    columns.low[row] = low
    columns.close[row] = close
    columns.volume[row] = volume
    columns.turnover[row] = volume * close
    columns.takerBuyVolume[row] = volume / 2
    last = close
  }
  return columns
}
