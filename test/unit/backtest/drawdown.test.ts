import { expect, it } from 'vitest'
import { createDrawdownMeter, underwater } from '../../../src/backtest/drawdown.ts'
import { day } from './build.ts'

const points = (...equity: readonly number[]) => equity.map((value, n) => ({ time: day(n), equity: value }))

function maxDrawdown(series: ReturnType<typeof points>) {
  const meter = createDrawdownMeter()
  for (const { time, equity } of series) meter.see(time, equity, equity)
  return meter.deepest()
}

it('finds the deepest fall in money and in share of the peak apart from each other', () => {
  // 100 → 50 is half; 1,000 → 900 is more money.
  expect(maxDrawdown(points(100, 50, 1_000, 900, 950))).toEqual({ abs: 100, ratio: 0.5, from: day(0), to: day(1) })
})

it('has nothing to report of a series that only rises', () => {
  expect(maxDrawdown(points(1, 2, 3))).toEqual({ abs: 0, ratio: 0, from: null, to: null })
  expect(maxDrawdown([])).toEqual({ abs: 0, ratio: 0, from: null, to: null })
})

it('measures every point from the peak before it', () => {
  expect(underwater(points(100, 80, 200, 150))).toEqual([0, 0.2, 0, 0.25])
})

it('falls from a peak that somebody else saw, and not from one below its own', () => {
  const meter = createDrawdownMeter()
  meter.see(day(0), 100, 100)
  meter.see(day(1), 90, 120)
  meter.see(day(2), 130, 120)
  meter.see(day(3), 117, 120)
  expect(meter.deepest()).toEqual({ abs: 30, ratio: 0.25, from: day(1), to: day(1) })
})
