import { describe, expect, it } from 'vitest'
import type { Latch } from '../../../../src/risk/latch.ts'
import { context, NOON, refusedFor, request, wide } from '../scene.ts'

const latch: Latch = { code: 'ENTRIES_STOPPED', symbol: null, since: NOON, reason: 'by command', until: null }

describe('entries-stopped', () => {
  it('refuses while it holds, for the account or for the symbol', () => {
    expect(refusedFor(wide(), request(), context({ latches: [latch] }))).toEqual(['ENTRIES_STOPPED'])
    expect(refusedFor(wide(), request(), context({ latches: [{ ...latch, symbol: 'BTCUSDT' }] }))).toEqual([
      'ENTRIES_STOPPED',
    ])
  })

  it('passes when it does not hold, or holds for another symbol', () => {
    expect(refusedFor(wide(), request(), context({ latches: [] }))).toEqual([])
    expect(refusedFor(wide(), request(), context({ latches: [{ ...latch, symbol: 'ETHUSDT' }] }))).toEqual([])
  })
})
