import { describe, expect, it } from 'vitest'
import type { BarColumns } from '../../../../src/domain/bar-columns.ts'
import { sliceColumns, stylisedFacts } from '../../../../src/exchange/crowd/stylised-facts.ts'

function bars(barMs: number, close: number[], openInterest: number[], volume: number[], skip = -1): BarColumns {
  const n = close.length
  const fill = (x: number) => new Float64Array(n).fill(x)
  const openTime = Float64Array.from(close, (_, i) => (i + (skip >= 0 && i >= skip ? 1 : 0)) * barMs)
  const c = Float64Array.from(close)
  return {
    symbol: 'BTCUSDT',
    barMs,
    length: n,
    openTime,
    open: c,
    high: c,
    low: c,
    close: c,
    volume: Float64Array.from(volume),
    turnover: fill(Number.NaN),
    openInterest: Float64Array.from(openInterest),
    fundingRate: fill(0.0001),
    longShortRatio: fill(1),
    takerBuyVolume: fill(0),
  }
}
const HOUR = 3_600_000
const prices = (returns: number[]): number[] => {
  const out = [100]
  for (const r of returns) out.push(out.at(-1)! * Math.exp(r))
  return out
}

describe('stylised facts', () => {
  it('are the figures computed by hand', () => {
    const close = prices([0.01, -0.01, 0.02, -0.02])
    const f = stylisedFacts(bars(HOUR, close, [100, 110, 99, 99, 99], [10, 10, 10, 10, 10]), { long: 5, short: 2 })
    // Squares 1, 1, 4, 4 (×1e-4): variance 2.5e-4; fourth powers 1, 1, 16, 16 (×1e-8): mean 8.5e-8.
    expect(f.hourlyVolatility).toBeCloseTo(Math.sqrt(2.5e-4), 12)
    expect(f.excessKurtosis).toBeCloseTo(8.5 / 6.25 - 3, 9)
    // Products −1, −2, −4 over 10.
    expect(f.returnAutocorrelation1).toBeCloseTo(-0.7, 9)
    // Sizes 1, 1, 2, 2 around 1.5: (0.25 − 0.25 + 0.25) / 1.
    expect(f.absoluteAutocorrelation1).toBeCloseTo(0.25, 9)
    expect(f.largestMove).toBeCloseTo(0.02, 12)
    expect(f.openInterestTurnover).toBeCloseTo((0.1 + 0.1 + 0 + 0) / 4, 12)
    const meanInterest = (100 + 110 + 99 * 3) / 5
    expect(f.volumeTurnover).toBeCloseTo((50 / meanInterest / 5) * 24, 9)
    expect(f.liquidatedLongShare).toBeCloseTo((5 / meanInterest / 5) * 24, 9)
    expect(f.liquidatedShortShare).toBeCloseTo((2 / meanInterest / 5) * 24, 9)
    expect(f.meanFunding).toBeCloseTo(0.0001, 12)
  })

  it('are the same from half-hour bars of the same market', () => {
    const hours = prices([0.01, -0.01, 0.02])
    const halves = hours.flatMap((x) => [x * 1.5, x])
    const interest = [100, 1, 110, 1, 120, 1, 130, 1]
    const fine = stylisedFacts(bars(HOUR / 2, halves, interest, Array<number>(8).fill(5)))
    const coarse = stylisedFacts(bars(HOUR, hours, [100, 110, 120, 130], Array<number>(4).fill(10)))
    expect(fine).toEqual(coarse)
    expect(fine.liquidatedLongShare).toBeNaN()
  })

  it('skip a return across a gap and a rise of open interest beyond 25 %', () => {
    const close = prices([0.01, 0.5, 0.01])
    const gap = stylisedFacts(bars(HOUR, close, [100, 100, 100, 130], [1, 1, 1, 1], 2))
    expect(gap.largestMove).toBeCloseTo(0.01, 12)
    expect(gap.openInterestTurnover).toBe(0)
    const counted = stylisedFacts(bars(HOUR, close, [100, 100, 100, 125], [1, 1, 1, 1]))
    expect(counted.largestMove).toBeCloseTo(0.5, 12)
    expect(counted.openInterestTurnover).toBeCloseTo(0.25 / 3, 12)
  })

  it('of a slice are those of its rows', () => {
    const all = bars(HOUR, prices([0.01, -0.01, 0.02, -0.02]), [1, 1, 1, 1, 1], [1, 1, 1, 1, 1])
    const slice = sliceColumns(all, 1, 4)
    expect(slice.length).toBe(3)
    expect([...slice.close]).toEqual([...all.close.subarray(1, 4)])
    expect(sliceColumns(all, 3, 99).length).toBe(2)
  })
})
