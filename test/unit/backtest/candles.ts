import { createDraw } from '../../../src/backtest/random.ts'
import type { BarColumns } from '../../../src/domain/bar-columns.ts'
import { HOUR_MS } from '../../../src/domain/time.ts'
import { day } from './build.ts'

const TICK = 10
const rounded = (price: number): number => Math.round(price * TICK) / TICK

/** Hourly bars of a seeded random walk with open interest, from 2024-01-01: the same for the same seed. */
export function candles(hours: number, seed = 1, symbol = 'BTCUSDT'): BarColumns {
  const draw = createDraw(seed)
  const column = (): Float64Array => new Float64Array(hours)
  const c = {
    openTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    openInterest: column(),
    fundingRate: column(),
  }
  let price = 40_000
  let held = 50_000
  for (let i = 0; i < hours; i++) {
    const close = rounded(price * (1 + (draw() + draw() + draw() - 1.5) * 0.01))
    c.openTime[i] = day(0) + i * HOUR_MS
    c.open[i] = price
    c.close[i] = close
    c.high[i] = rounded(Math.max(price, close) * (1 + draw() * 0.004))
    c.low[i] = rounded(Math.min(price, close) * (1 - draw() * 0.004))
    c.volume[i] = Math.round(500 + draw() * 1_000)
    c.openInterest[i] = Math.round(held)
    c.fundingRate[i] = 0.0001
    price = close
    held *= 1 + (draw() - 0.5) * 0.02
  }
  return {
    symbol,
    barMs: HOUR_MS,
    length: hours,
    ...c,
    turnover: column().fill(Number.NaN),
    longShortRatio: column().fill(Number.NaN),
    takerBuyVolume: column().fill(Number.NaN),
  }
}

/** The same as a file. */
export function candlesCsv(c: BarColumns): string {
  const columns = [c.openTime, c.open, c.high, c.low, c.close, c.volume, c.openInterest, c.fundingRate]
  const rows = Array.from(c.openTime, (_, i) => columns.map((values) => values[i]!).join(','))
  return `ts,open,high,low,close,volume,open_interest,funding_rate\n${rows.join('\n')}\n`
}
