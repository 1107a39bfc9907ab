import { describe, expect, it } from 'vitest'
import type { Latch } from '../../../../src/risk/latch.ts'
import { context, NOON, refusedFor, request, wide } from '../scene.ts'

const latch: Latch = { code: 'KILL', symbol: null, since: NOON, reason: 'by command', until: null }

describe('kill-latch', () => {
  it('refuses while it holds, for the account or for the symbol', () => {
    expect(refusedFor(wide(), request(), context({ latches: [latch] }))).toEqual(['KILL_LATCH'])
    expect(refusedFor(wide(), request(), context({ latches: [{ ...latch, symbol: 'BTCUSDT' }] }))).toEqual([
      'KILL_LATCH',
    ])
  })

  it('passes when it does not hold, or holds for another symbol', () => {
    expect(refusedFor(wide(), request(), context({ latches: [] }))).toEqual([])
    expect(refusedFor(wide(), request(), context({ latches: [{ ...latch, symbol: 'ETHUSDT' }] }))).toEqual([])
  })
})
