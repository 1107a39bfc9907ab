import { describe, expect, it } from 'vitest'
import { barStopPrice, takerPrice, type MarketState } from '../../../src/exchange/slippage.ts'
import { PARAMETERS } from './fixture.ts'

const market: MarketState = {
  last: 100,
  bid: Number.NaN,
  ask: Number.NaN,
  minuteVolatility: 0.01,
  minuteVolume: 100,
  cascade: false,
}
const impact = { ...PARAMETERS, impact: true }
const taker = (more: Partial<MarketState>, stop = false, quantity = 4, parameters = impact): number =>
  takerPrice(1, quantity, { ...market, ...more }, 0.001, parameters, stop)

describe('the price of a taker', () => {
  it('is half the spread and the square root of its share away', () => {
    // 0.1 + 100 × 0.01 × √0.04
    expect(taker({})).toBeCloseTo(100.3, 12)
    expect(takerPrice(-1, 4, market, 0.001, impact, false)).toBeCloseTo(99.7, 12)
    expect(taker({}, false, 4, PARAMETERS)).toBeCloseTo(100.1, 12)
  })
  it('is five times as far in a cascade, ten times for stops', () => {
    expect(taker({ cascade: true })).toBeCloseTo(101.5, 12)
    expect(taker({ cascade: true }, true)).toBeCloseTo(103, 12)
    expect(taker({}, true)).toBeCloseTo(100.3, 12)
  })
  it('has no impact part where a figure is missing or nothing is traded', () => {
    for (const unknown of [{ minuteVolatility: Number.NaN }, { minuteVolume: Number.NaN }, { minuteVolume: 0 }])
      expect(taker(unknown)).toBeCloseTo(100.1, 12)
  })
  it('never falls below nothing', () => {
    expect(takerPrice(-1, 1e9, { ...market, cascade: true }, 0.001, impact, true)).toBe(0)
  })
})

describe('the price of a stop inside a bar', () => {
  it('never lies on the better side of its base', () => {
    expect(barStopPrice(-1, 100, 101, false, PARAMETERS)).toBeCloseTo(99.98, 12)
    expect(barStopPrice(1, 100, 99, false, PARAMETERS)).toBeCloseTo(100.02, 12)
  })
  it('is a tenth of the way to the extreme, a quarter in a wide bar', () => {
    expect(barStopPrice(-1, 100, 90, false, PARAMETERS)).toBeCloseTo(99, 12)
    expect(barStopPrice(1, 100, 110, true, PARAMETERS)).toBeCloseTo(102.5, 12)
  })
})
