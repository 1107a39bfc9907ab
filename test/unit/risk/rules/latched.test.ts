import { describe, expect, it } from 'vitest'
import { LATCH_CODES, type Latch } from '../../../../src/risk/latch.ts'
import { context, NOON, refusedFor, request, wide } from '../scene.ts'

const latch = (code: Latch['code'], symbol: string | null = null): Latch => ({
  code,
  symbol,
  since: NOON,
  reason: 'seen',
  until: null,
})

describe('latched', () => {
  it.each(['FOREIGN', 'RECONCILE', 'VENUE_ALARM'] as const)(
    '%s refuses its symbol or the account, and no other symbol',
    (code) => {
      expect(LATCH_CODES.has(code)).toBe(true)
      expect(refusedFor(wide(), request(), context({ latches: [latch(code)] }))).toEqual([code])
      expect(refusedFor(wide(), request(), context({ latches: [latch(code, 'BTCUSDT')] }))).toEqual([code])
      expect(refusedFor(wide(), request(), context({ latches: [latch(code, 'ETHUSDT')] }))).toEqual([])
    },
  )
})
