import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../../src/domain/unit.ts'
import { createEntryHistory } from '../../../../src/risk/entry-history.ts'
import type { Latch } from '../../../../src/risk/latch.ts'
import { context, NOON, refusedFor, request, wide } from '../scene.ts'

const HOUR = 3_600_000
const config = wide({ entriesPerHour: 2 })
const entered = (...ago: readonly number[]) =>
  context({ entries: createEntryHistory(ago.map((ms) => ({ instrumentIndex: 0, time: epochMs(NOON - ms) }))) })

describe('entry rate', () => {
  it('permits the last entry of an hour and refuses the next', () => {
    expect(refusedFor(config, request(), entered(1_000))).toEqual([])
    expect(refusedFor(config, request(), entered(2_000, 1_000))).toEqual(['ENTRY_RATE'])
  })

  it('forgets an entry after exactly one hour', () => {
    expect(refusedFor(config, request(), entered(HOUR - 1, 1_000))).toEqual(['ENTRY_RATE'])
    expect(refusedFor(config, request(), entered(HOUR, 1_000))).toEqual([])
  })

  it('counts each symbol by itself', () => {
    const entries = createEntryHistory([1, 2, 3].map((ms) => ({ instrumentIndex: 1, time: epochMs(NOON - ms) })))
    expect(refusedFor(config, request(), context({ entries }))).toEqual([])
  })

  it('stays refused while latched, for the latched symbol', () => {
    const latch: Latch = { code: 'ENTRY_RATE', symbol: 'BTCUSDT', since: NOON, reason: '2 entries', until: null }
    expect(refusedFor(config, request(), context({ latches: [latch] }))).toEqual(['ENTRY_RATE'])
    expect(refusedFor(config, request(), context({ latches: [{ ...latch, symbol: 'ETHUSDT' }] }))).toEqual([])
  })

  it('blocks while it is not set', () => {
    expect(refusedFor(wide({ entriesPerHour: null }), request())).toEqual(['LIMIT_NOT_CONFIGURED'])
  })
})
