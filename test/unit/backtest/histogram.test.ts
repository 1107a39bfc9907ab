import { expect, it } from 'vitest'
import { histogram } from '../../../src/backtest/histogram.ts'

it('counts from the left edge of a bin to before its right one', () => {
  expect(histogram([-0.5, -0.01, 0, 0.49, 0.5], 0.5, 4)).toEqual([
    { low: -0.5, high: 0, count: 2 },
    { low: 0, high: 0.5, count: 2 },
    { low: 0.5, high: 1, count: 1 },
  ])
})

it('keeps empty bins between, and puts what lies beyond into the outermost', () => {
  expect(histogram([-9, -1.9, 9], 1, 2)).toEqual([
    { low: -2, high: -1, count: 2 },
    { low: -1, high: 0, count: 0 },
    { low: 0, high: 1, count: 0 },
    { low: 1, high: 2, count: 1 },
  ])
})

it('has no bins for nothing', () => {
  expect(histogram([], 1, 2)).toEqual([])
})
