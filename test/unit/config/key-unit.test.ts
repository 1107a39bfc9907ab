import { describe, expect, it } from 'vitest'
import { convertUnit, splitGivenKey, splitKey, unitNamed } from '../../../src/config/key-unit.ts'

describe('splitKey', () => {
  it('splits the unit off a key of the schema', () => {
    expect(splitKey('max_daily_loss_pct')).toMatchObject({ stem: 'max_daily_loss', unit: { suffix: 'pct' } })
    expect(splitKey('max_target_r')).toMatchObject({ stem: 'max_target', unit: { suffix: 'r' } })
  })

  it('takes no word for a unit that only looks like one', () => {
    for (const key of ['closed_bar', 'max_entries_per_day', 'multiplier_min', 'pct', 'atr']) {
      expect(splitKey(key)).toEqual({ stem: key, unit: undefined })
    }
  })

  it('understands the units that people write', () => {
    expect(splitGivenKey('max_daily_loss_percent')).toMatchObject({ stem: 'max_daily_loss', unit: { suffix: 'pct' } })
    expect(splitGivenKey('poll_interval_seconds').unit?.suffix).toBe('secs')
  })
})

describe('convertUnit', () => {
  const unit = (name: string) => unitNamed(name)!

  it('converts within a dimension, without binary noise', () => {
    expect(convertUnit(0.03, unit('ratio'), unit('pct'))).toBe(3)
    expect(convertUnit(0.07, unit('ratio'), unit('pct'))).toBe(7)
    expect(convertUnit(5, unit('%'), unit('bp'))).toBe(500)
    expect(convertUnit(5_000, unit('ms'), unit('secs'))).toBe(5)
    expect(convertUnit(2, unit('days'), unit('hours'))).toBe(48)
  })

  it('does not convert between dimensions', () => {
    expect(convertUnit(1, unit('usd'), unit('pct'))).toBeUndefined()
    expect(convertUnit(1, unit('bars'), unit('hours'))).toBeUndefined()
  })
})
