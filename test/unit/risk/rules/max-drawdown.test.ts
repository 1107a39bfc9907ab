import { describe, expect, it } from 'vitest'
import type { Latch } from '../../../../src/risk/latch.ts'
import { context, NOON, refusedFor, request, wide } from '../scene.ts'

// 10 % of 10,000: the floor is 9000.
const config = wide({ maxDrawdownPct: 10 })

describe('max-drawdown', () => {
  it('passes above the floor and refuses at it', () => {
    expect(refusedFor(config, request(), context({ equity: 9000.01, highWaterEquity: 10_000 }))).toEqual([])
    expect(refusedFor(config, request(), context({ equity: 9000, highWaterEquity: 10_000 }))).toEqual(['MAX_DRAWDOWN'])
  })

  it('stays refused while latched though equity has come back', () => {
    const latch: Latch = { code: 'MAX_DRAWDOWN', symbol: null, since: NOON, reason: 'reached', until: null }
    expect(refusedFor(config, request(), context({ latches: [latch] }))).toEqual(['MAX_DRAWDOWN'])
  })

  it('blocks while it is not set', () => {
    expect(refusedFor(wide({ maxDrawdownPct: null }), request())).toEqual(['LIMIT_NOT_CONFIGURED'])
  })
})
