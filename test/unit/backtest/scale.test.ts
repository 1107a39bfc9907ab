import { expect, it } from 'vitest'
import { linearScale } from '../../../src/backtest/plot/scale.ts'

it('maps the range and finds round values in it', () => {
  const scale = linearScale(0, 10, 100, 0)
  expect(scale.at(2.5)).toBe(75)
  expect(scale.ticks).toEqual([0, 2, 4, 6, 8, 10])
  expect(scale.tickText(4)).toBe('4')
})

it('prints as many decimals as its steps have', () => {
  const scale = linearScale(-0.04, 0.07, 0, 1)
  expect(scale.ticks.map(scale.tickText)).toEqual(['-0.04', '-0.02', '0.00', '0.02', '0.04', '0.06'])
})

it('gives a flat line room', () => {
  expect(linearScale(5, 5, 0, 100).at(5)).toBe(50)
})
