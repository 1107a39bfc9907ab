import { expect, test } from 'vitest'
import { pooledSlope, type Point } from '../../../scripts/soak/slope.ts'

const line = (life: number, level: number, slope: number, noise = 0): readonly Point[] =>
  Array.from({ length: 20 }, (_, i) => ({
    life,
    hours: life + i / 20,
    value: level + (slope * i) / 20 + (i % 2 === 0 ? noise : -noise),
  }))

test('a step from one process to the next is no growth; growth within each is', () => {
  expect(pooledSlope([...line(1, 100, 0), ...line(2, 300, 0)]).slope).toBeCloseTo(0, 12)
  expect(pooledSlope([...line(1, 300, 4), ...line(2, 100, 4)]).slope).toBeCloseTo(4, 12)
})

test('the error is of the noise: none without, larger than a slope that only noise makes', () => {
  expect(pooledSlope(line(1, 100, 4)).error).toBeCloseTo(0, 9)
  const { slope, error } = pooledSlope(line(1, 100, 0, 5))
  expect(error).toBeGreaterThan(Math.abs(slope))
})

test('two points of one life have no error', () => {
  expect(pooledSlope(line(1, 100, 4).slice(0, 2)).error).toBeNaN()
})
