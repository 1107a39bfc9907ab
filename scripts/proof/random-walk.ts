import type { BarColumns } from '../../src/domain/bar-columns.ts'
import { DAY_MS, HOUR_MS } from '../../src/domain/time.ts'
import { normal, streamKey, uniform } from '../../src/exchange/crowd/draw.ts'

export interface WalkOptions {
  readonly seed: number
  readonly bars: number
  readonly symbol?: string
  readonly barMs?: number
  /** Open of the first bar, ms since the epoch. */
  readonly start?: number
  /** Price at the start, and the grid all prices lie on. */
  readonly price?: number
  readonly tick?: number
  /** Standard deviation of an hour's log return. */
  readonly hourlyVolatility?: number
  readonly substeps?: number
  /** Share of open interest that opens or closes in a bar, on average; 0: it stands still. */
  readonly openInterestTurnover?: number
  /** Standard deviation of a funding rate around its mean of 1 bp. */
  readonly fundingDeviation?: number
}

/** A market without drift: bars, and the prices within them, of which nobody but the maker of the tape knows. */
export interface RandomWalk {
  readonly columns: BarColumns
  /** Prices at the ends of the steps: step `s` of bar `b` stands at `b × substeps + s`. */
  readonly path: Float64Array
  readonly substeps: number
}

/** 2024-01-01T00:00Z, a settlement time. */
const START = 1_704_067_200_000
const FUNDING_MS = DAY_MS / 3

/**
 * A geometric random walk whose price is a martingale (log drift −σ²/2), with every bar's true extremes. Each bar opens
 * where the one before closed, so no gap gives a stop another price than its trigger.
 */
export function randomWalk(options: WalkOptions): RandomWalk {
  const { seed, bars, symbol = 'BTCUSDT', barMs = HOUR_MS, start = START, tick = 0.1, substeps = 60 } = options
  const { hourlyVolatility = 0.005, openInterestTurnover = 0, fundingDeviation = 0 } = options
  const key = streamKey(seed, 'walk')
  const extra = streamKey(seed, 'extra')
  const column = (): Float64Array => new Float64Array(bars)
  const columns = {
    symbol,
    barMs,
    length: bars,
    openTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    turnover: column(),
    openInterest: column(),
    fundingRate: column(),
    longShortRatio: column(),
    takerBuyVolume: column(),
  }
  const path = new Float64Array(bars * substeps)
  const sigma = hourlyVolatility * Math.sqrt(barMs / HOUR_MS / substeps)
  const onGrid = (value: number): number => Math.round(value / tick) * tick
  // Ten decimals take away what the multiplication with a tick leaves of binary fractions.
  const clean = (value: number): number => Number(onGrid(value).toFixed(10))
  let exact = options.price ?? 50_000
  let last = clean(exact)
  let interest = 80_000
  let rate = 0.0001
  for (let bar = 0; bar < bars; bar++) {
    const time = start + bar * barMs
    columns.openTime[bar] = time
    columns.open[bar] = last
    columns.openInterest[bar] = interest
    if (time % FUNDING_MS === 0) rate = Number((0.0001 + fundingDeviation * normal(extra, bar, 0)).toFixed(8))
    columns.fundingRate[bar] = rate
    let high = last
    let low = last
    for (let step = 0; step < substeps; step++) {
      exact *= Math.exp(sigma * normal(key, bar * substeps + step, 0) - (sigma * sigma) / 2)
      last = clean(exact)
      path[bar * substeps + step] = last
      if (last > high) high = last
      if (last < low) low = last
    }
    columns.high[bar] = high
    columns.low[bar] = low
    columns.close[bar] = last
    const volume = Math.round(1_000 * Math.exp(0.5 * normal(extra, bar, 1))) * (barMs / HOUR_MS)
    columns.volume[bar] = volume
    columns.turnover[bar] = volume * last
    columns.takerBuyVolume[bar] = volume * uniform(extra, bar, 2)
    columns.longShortRatio[bar] = 1 + 0.2 * normal(extra, bar, 3)
    interest *=
      1 +
      openInterestTurnover * normal(extra, bar, 4) +
      0.05 * (80_000 / interest - 1) * Math.sign(openInterestTurnover)
  }
  return { columns, path, substeps }
}
