import type { BarColumns } from '../../src/domain/bar-columns.ts'
import { DAY_MS, MINUTE_MS } from '../../src/domain/time.ts'

const BAR_MS = 5 * MINUTE_MS
const DAY_BARS = DAY_MS / BAR_MS
const FIRST = Date.UTC(2026, 0, 5)
const START = FIRST + DAY_MS
const CALM = { price: 100_000, reach: 30, volume: 20, openInterest: 80_000 }
/** Positions opened in each of the last bars before the day: their liquidations lie 0.6 % away on both sides. Base units. */
const OPENED = 1_000
const OPENING_BARS = 6

type Bar = readonly [high: number, low: number, close: number, volume: number]

/** Thin bars fill a limit in parts. */
const DAY: readonly Bar[] = [
  // Down towards the zone of longs: long, of which the next bar, a thin one, fills a part.
  [100_010, 99_780, 99_800, 20],
  [99_900, 99_760, 99_850, 2],
  // The rest of it; then as far as the stop is away: the stop moves to break-even.
  [100_420, 99_780, 100_400, 20],
  // The target, and through the zone of shorts behind it: the breakout is followed.
  [100_735, 100_380, 100_725, 20],
  // Back through that zone: out.
  [100_740, 100_425, 100_430, 20],
  [100_440, 100_425, 100_430, 20],
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
    openInterest: column(),
    fundingRate: column(),
    longShortRatio: column().fill(1),
    takerBuyVolume: column(),
  }
  let last = CALM.price
  for (let row = 0; row < length; row++) {
    const [high, low, close, volume] = DAY[row - DAY_BARS] ?? [last + CALM.reach, last - CALM.reach, last, CALM.volume]
    columns.openTime[row] = FIRST + row * BAR_MS
    columns.openInterest[row] =
      CALM.openInterest + OPENED * Math.max(0, Math.min(OPENING_BARS, row - DAY_BARS + OPENING_BARS + 1))
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
