import type { BarColumns } from '../../src/domain/bar-columns.ts'
import { MINUTE_MS } from '../../src/domain/time.ts'

const START = 1_600_000_020_000 - (1_600_000_020_000 % 86_400_000)

/** xorshift32: the same draws in every run, uniform in [0, 1). */
export function uniform(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

export interface WalkShape {
  /** Standard deviation of a bar's lasting return. */
  readonly drift: number
  /** Standard deviation of the noise around it that is gone with the next bar; makes averages cross. */
  readonly noise: number
  /** Largest length of each wick, a fraction of the price. */
  readonly wick: number
}

/** One-minute bars with so much volume that every order fills whole. Columns that nobody fills are one shared column. */
export function syntheticBars(symbol: string, length: number, seed: number, shape: WalkShape): BarColumns {
  const draw = uniform(seed)
  // Sum of four uniforms: close enough to a normal, of variance 1/3.
  const normal = (): number => (draw() + draw() + draw() + draw() - 2) * Math.sqrt(3)
  const column = (): Float64Array => new Float64Array(length)
  const missing = column().fill(Number.NaN)
  const bars = {
    symbol,
    barMs: MINUTE_MS,
    length,
    openTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    turnover: missing,
    openInterest: missing,
    fundingRate: missing,
    longShortRatio: missing,
    takerBuyVolume: missing,
  }
  let trend = 50_000
  let close = trend
  for (let i = 0; i < length; i += 1) {
    const open = close
    trend *= 1 + shape.drift * normal() + (trend < 40_000 ? 1e-4 : trend > 60_000 ? -1e-4 : 0)
    close = trend * (1 + shape.noise * normal())
    bars.openTime[i] = START + i * MINUTE_MS
    bars.open[i] = open
    bars.close[i] = close
    bars.high[i] = Math.max(open, close) * (1 + shape.wick * draw())
    bars.low[i] = Math.min(open, close) * (1 - shape.wick * draw())
    bars.volume[i] = 1e6 * (1 + draw())
  }
  return bars
}

/** A trade about every 28 bars: averages cross all the time, stop and target are soon met. */
export const BUSY: WalkShape = { drift: 0.003, noise: 0.004, wick: 0.003 }
/** A trade about every 500 bars. */
export const CALM: WalkShape = { drift: 0.0007, noise: 0.0003, wick: 0.0003 }
