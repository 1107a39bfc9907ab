import { describe, expect, it } from 'vitest'
import { ceilToTick, floorToTick, roundToTick } from '../../../src/strategy/tick.ts'

describe('the tick grid', () => {
  it('rounds down, up and to the nearest multiple', () => {
    expect(floorToTick(88_705.46, 0.1)).toBe(88_705.4)
    expect(ceilToTick(88_705.41, 0.1)).toBe(88_705.5)
    expect(roundToTick(88_705.44, 0.1)).toBe(88_705.4)
    expect(roundToTick(88_705.46, 0.1)).toBe(88_705.5)
  })

  it('leaves a price on the grid where it is, whatever its binary fraction', () => {
    expect(0.7 / 0.1).toBeLessThan(7)
    expect(floorToTick(0.7, 0.1)).toBe(0.7)
    expect(0.07 / 0.01).toBeGreaterThan(7)
    expect(ceilToTick(0.07, 0.01)).toBe(0.07)
  })

  it('knows ticks above one and far below', () => {
    expect(floorToTick(1_234, 5)).toBe(1_230)
    expect(ceilToTick(0.000012341, 0.00000001)).toBe(0.00001235)
    expect(floorToTick(0.0098, 0.003)).toBe(0.009)
    expect(floorToTick(7.9, 0.25)).toBe(7.75)
  })

  it('keeps what is not known unknown', () => {
    expect(floorToTick(Number.NaN, 0.1)).toBeNaN()
  })
})
