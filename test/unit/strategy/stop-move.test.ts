import { describe, expect, it } from 'vitest'
import { breakEvenStop, tightenedStop, type BreakEvenInput } from '../../../src/strategy/stop-move.ts'
import { nearerTarget } from '../../../src/strategy/target.ts'
import { configFrom } from './scene.ts'

describe('a stop that moves', () => {
  it('only tightens', () => {
    expect(tightenedStop('LONG', 990, 990.1, 1_000)).toBe(990.1)
    expect(tightenedStop('LONG', 990, 990, 1_000)).toBeNull()
    expect(tightenedStop('LONG', 990, 989.9, 1_000)).toBeNull()
    expect(tightenedStop('SHORT', 1_010, 1_009.9, 1_000)).toBe(1_009.9)
    expect(tightenedStop('SHORT', 1_010, 1_010.1, 1_000)).toBeNull()
  })

  it('stays on its side of the price', () => {
    expect(tightenedStop('LONG', 990, 999.9, 1_000)).toBe(999.9)
    expect(tightenedStop('LONG', 990, 1_000, 1_000)).toBeNull()
    expect(tightenedStop('SHORT', 1_010, 1_000, 1_000)).toBeNull()
    expect(tightenedStop('LONG', 990, Number.NaN, 1_000)).toBeNull()
  })
})

describe('a target that moves', () => {
  it('only comes nearer and stays ahead', () => {
    expect(nearerTarget('LONG', 1_020, 1_019.9, 1_000)).toBe(1_019.9)
    expect(nearerTarget('LONG', 1_020, 1_020, 1_000)).toBeNull()
    expect(nearerTarget('LONG', 1_020, 1_000.1, 1_000)).toBe(1_000.1)
    expect(nearerTarget('LONG', 1_020, 1_000, 1_000)).toBeNull()
    expect(nearerTarget('SHORT', 980, 980.1, 1_000)).toBe(980.1)
    expect(nearerTarget('SHORT', 980, 979.9, 1_000)).toBeNull()
  })
})

describe('break-even', () => {
  const { stop } = configFrom({})
  const base: BreakEvenInput = {
    direction: 'LONG',
    entry: 1_000,
    firstStop: 990,
    currentStop: 990,
    price: 1_010,
    atr: 10,
    costs: 1.23,
    tick: 0.1,
  }

  it('moves the stop to entry plus costs at +1 R, costs covered after rounding', () => {
    expect(breakEvenStop(base, stop)).toBe(1_001.3)
    expect(breakEvenStop({ ...base, price: 1_009.9 }, stop)).toBeNull()
  })

  it('mirrors for SHORT', () => {
    const short = { ...base, direction: 'SHORT', firstStop: 1_010, currentStop: 1_010, price: 990 } as const
    expect(breakEvenStop(short, stop)).toBe(998.7)
    expect(breakEvenStop({ ...short, price: 990.1 }, stop)).toBeNull()
  })

  it('keeps half an ATR between stop and price', () => {
    expect(breakEvenStop({ ...base, costs: 5 }, stop)).toBe(1_005)
    expect(breakEvenStop({ ...base, costs: 5.1 }, stop)).toBeNull()
    expect(breakEvenStop({ ...base, atr: Number.NaN }, stop)).toBeNull()
    const anywhere = configFrom({ stop: { break_even_min_atr: 0 } }).stop
    expect(breakEvenStop({ ...base, atr: Number.NaN }, anywhere)).toBe(1_001.3)
  })

  it('never loosens, and is off where it is not wanted', () => {
    expect(breakEvenStop({ ...base, currentStop: 1_001.3 }, stop)).toBeNull()
    expect(breakEvenStop(base, { ...stop, breakEvenR: null })).toBeNull()
    expect(breakEvenStop({ ...base, price: 1_019.9 }, { ...stop, breakEvenR: 2 })).toBeNull()
    expect(breakEvenStop({ ...base, price: 1_020 }, { ...stop, breakEvenR: 2 })).toBe(1_001.3)
  })
})
