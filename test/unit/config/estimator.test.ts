import { expect, it } from 'vitest'
import { mixProblem } from '../../../src/config/leverage-mix.ts'
import { isBarLength } from '../../../src/config/bar-length.ts'
import { configSchema } from '../../../src/config/schema.ts'

const problem = (estimator: unknown): string | undefined =>
  mixProblem(configSchema.parse({ estimator }).estimator)?.what

it.each([
  [{ leverage_mix: { potato: 1 } }, 'estimator.leverage_mix has a key "potato", which is no leverage'],
  [{ leverage_mix: { 0: 1 } }, 'estimator.leverage_mix has a key "0", which is no leverage'],
  [{ leverage_mix: { '-5': 1 } }, 'estimator.leverage_mix has a key "-5", which is no leverage'],
  [{ half_life_hours: { '1e3': 1 } }, 'estimator.half_life_hours has a key "1e3", which is no leverage'],
  [{ half_life_hours: { 1001: 1 } }, 'estimator.half_life_hours has a key "1001", which is no leverage'],
  [{ leverage_mix: {} }, 'estimator.leverage_mix gives no leverage a share above 0'],
  [{ leverage_mix: { 5: 0 } }, 'estimator.leverage_mix gives no leverage a share above 0'],
  [{ leverage_mix: { 7: 1 } }, 'estimator.leverage_mix has leverage 7, and estimator.half_life_hours does not'],
])('a mix of leverages that cannot be used: %j', (estimator, what) => {
  expect(problem(estimator)).toBe(what)
})

it.each([
  {},
  { leverage_mix: { 5: 1, 7: 0 } },
  { leverage_mix: { 1: 1 }, half_life_hours: { 1: 1, 1000: 1 } },
  { leverage_mix: { 12.5: 1 }, half_life_hours: { 12.5: 1 } },
])('a mix that can: %j', (estimator) => {
  expect(problem(estimator)).toBeUndefined()
})

it('bars are whole minutes long', () => {
  expect(['1m', '7m', '1.5h', '4h', '1d', '60s'].filter((text) => !isBarLength(text))).toEqual([])
  expect(['', '0m', '90s', 'potato', '-5m', '5', '0.5m', 'auto'].filter(isBarLength)).toEqual([])
})
