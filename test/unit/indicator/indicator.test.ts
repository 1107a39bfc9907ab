import { EMA } from 'trading-signals'
import { describe, expect, it } from 'vitest'
import { createBarAggregator } from '../../../src/indicator/aggregate.ts'
import { createAtr } from '../../../src/indicator/atr.ts'
import { createEma } from '../../../src/indicator/ema.ts'
import { createRsi } from '../../../src/indicator/rsi.ts'

describe('indicators', () => {
  it('EMA(3): weight ½, seeded with the first value, NaN before three values', () => {
    const ema = createEma(3)
    expect([10, 20, 30, 40].map((x) => ema.update(x))).toEqual([Number.NaN, Number.NaN, 22.5, 31.25])
    expect(ema.value()).toBe(31.25)
  })

  it('EMA has the digits of trading-signals', () => {
    const theirs = new EMA(9)
    const ours = createEma(9)
    for (let i = 1; i <= 200; i += 1) {
      const value = 50_000 + 700 * Math.sin(i) + i / 7
      const expected = theirs.update(value, false)
      expect(ours.update(value)).toBe(i < 9 ? Number.NaN : expected)
    }
  })

  it('ATR(2): mean of the first two ranges, then Wilder’s smoothing, with the gap to the close before', () => {
    const atr = createAtr(2)
    expect(atr.update(12, 10, 11)).toBeNaN()
    expect(atr.update(13, 11, 12)).toBe(2)
    // True range: 20 − 12 = 8, because the bar opened far above the last close.
    expect(atr.update(20, 18, 19)).toBe(5)
  })

  it('RSI(2): 100 without losses, 50 when gains and losses are equal', () => {
    const rsi = createRsi(2)
    expect([1, 2].map((x) => rsi.update(x))).toEqual([Number.NaN, Number.NaN])
    expect(rsi.update(3)).toBe(100)
    const flat = createRsi(2)
    for (const x of [10, 11]) flat.update(x)
    expect(flat.update(10)).toBe(50)
  })
})

describe('a bar built from shorter ones', () => {
  const hour = 60
  const bar = (aggregate: ReturnType<typeof createBarAggregator>, at: number, price: number) => {
    const done = aggregate.update({
      openTime: at,
      closeTime: at + 20,
      open: price,
      high: price + 1,
      low: price - 1,
      close: price + 0.5,
    })
    return done && { ...done }
  }

  it('is told when its last part has closed', () => {
    const aggregate = createBarAggregator(hour)
    expect([bar(aggregate, 0, 10), bar(aggregate, 20, 15)]).toEqual([undefined, undefined])
    expect(bar(aggregate, 40, 5)).toEqual({ openTime: 0, open: 10, high: 16, low: 4, close: 5.5 })
    expect(bar(aggregate, 60, 7)).toBeUndefined()
  })

  it('that a gap left incomplete is told when the next one begins', () => {
    const aggregate = createBarAggregator(hour)
    bar(aggregate, 0, 10)
    expect(bar(aggregate, 80, 20)).toEqual({ openTime: 0, open: 10, high: 11, low: 9, close: 10.5 })
    expect(bar(aggregate, 100, 30)).toEqual({ openTime: 60, open: 20, high: 31, low: 19, close: 30.5 })
  })

  it('of its own length passes through', () => {
    const part = { openTime: 40, closeTime: 60, open: 1, high: 3, low: 0, close: 2 }
    expect(createBarAggregator(20).update(part)).toBe(part)
  })
})
