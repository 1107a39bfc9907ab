import { describe, expect, it } from 'vitest'
import type { Latch } from '../../../../src/risk/latch.ts'
import { context, NOON, refusedFor, request, wide } from '../scene.ts'

// 3 % of 10,000: the floor is 9700.
const config = wide({ maxDailyLossPct: 3 })

describe('daily-loss', () => {
  it('passes above the floor and refuses at it', () => {
    expect(refusedFor(config, request(), context({ equity: 9700.01, dayStartEquity: 10_000 }))).toEqual([])
    expect(refusedFor(config, request(), context({ equity: 9700, dayStartEquity: 10_000 }))).toEqual(['DAILY_LOSS'])
  })

  it('stays refused while latched though equity has come back', () => {
    const latch: Latch = { code: 'DAILY_LOSS', symbol: null, since: NOON, reason: 'reached', until: null }
    expect(refusedFor(config, request(), context({ latches: [latch] }))).toEqual(['DAILY_LOSS'])
  })

  it('blocks while it is not set', () => {
    expect(refusedFor(wide({ maxDailyLossPct: null }), request())).toEqual(['LIMIT_NOT_CONFIGURED'])
  })
})
