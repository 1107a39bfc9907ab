import { describe, expect, it } from 'vitest'
import { priceAt, timeOf } from '../../../src/exchange/path.ts'

const line = { start: 0, end: 11_000, jump: false }
const jump = { ...line, jump: true }

describe('the path between two points', () => {
  it('stands for a second, then goes straight and arrives in time', () => {
    expect([0, 1_000, 1_001, 6_000, 10_999, 11_000].map((time) => priceAt(line, 100, 200, time))).toEqual([
      100, 100, 100.01, 150, 199.99, 200,
    ])
  })
  it('stands for half the way when that is shorter', () => {
    expect([500, 750, 1_000].map((time) => priceAt({ start: 0, end: 1_000, jump: false }, 100, 200, time))).toEqual([
      100, 150, 200,
    ])
  })
  it('stands until the end when it jumps', () => {
    expect([0, 10_999, 11_000].map((time) => priceAt(jump, 100, 200, time))).toEqual([100, 100, 200])
  })
})

describe('the time at which a level is reached', () => {
  it('is the first whole millisecond at or beyond it, up and down', () => {
    expect([
      timeOf(line, 100, 200, 150),
      timeOf(line, 200, 100, 150),
      timeOf(line, 100, 200, 150.001),
      timeOf(line, 100, 200, 200),
    ]).toEqual([6_000, 6_000, 6_001, 11_000])
  })
  it('is the end of a jump', () => {
    expect(timeOf(jump, 100, 200, 101)).toBe(11_000)
  })
})
