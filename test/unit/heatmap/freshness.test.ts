import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { freshnessLimit, openInterestRefusal, priceRefusal, tooOld } from '../../../src/heatmap/freshness.ts'

describe('freshness', () => {
  it('allows the longer of the configured age and 1.5 intervals plus lag', () => {
    expect(freshnessLimit(15_000, 5_000, 0)).toBe(15_000)
    expect(freshnessLimit(15_000, 10_000, 1)).toBe(15_001)
    expect(freshnessLimit(15_000, 3_600_000, 10_000)).toBe(5_410_000)
  })

  it('is told in seconds', () => {
    expect(tooOld('heatmap', 214_000, 120_000)).toBe('heatmap 214 s old, limit 120 s')
    expect(tooOld('price', 2_600, 2_000)).toBe('price 2.6 s old, limit 2 s')
    expect(tooOld('heatmap', 100_400, 15_500)).toBe('heatmap 100 s old, limit 15.5 s')
  })

  it('of our own price', () => {
    expect(priceRefusal(epochMs(1_000), epochMs(3_000), 2_000)).toBeNull()
    expect(priceRefusal(epochMs(1_000), epochMs(3_001), 2_000)).toMatchObject({
      code: 'PRICE_STALE',
      figures: { age_ms: 2_001, limit_ms: 2_000 },
    })
    expect(priceRefusal(epochMs(Number.NaN), epochMs(3_001), 2_000)).toMatchObject({
      message: 'no price yet',
      figures: { age_ms: null },
    })
  })

  it('of open interest', () => {
    const known = {
      asOf: epochMs(10_000),
      totalUsd: 1,
      longUsd: null,
      shortUsd: null,
      ratio: null,
      ratioKind: 'unknown',
    } as const
    expect(openInterestRefusal(known, epochMs(100_000), 90_000)).toBeNull()
    expect(openInterestRefusal(known, epochMs(100_001), 90_000)?.message).toBe('open interest 90.0 s old, limit 90 s')
    expect(openInterestRefusal(null, epochMs(100_001), 90_000)?.code).toBe('OPEN_INTEREST_STALE')
  })
})
