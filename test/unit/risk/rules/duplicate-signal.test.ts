import { describe, expect, it } from 'vitest'
import { createSignalMemory } from '../../../../src/risk/signal-memory.ts'
import { context, refusedFor, request, wide } from '../scene.ts'

describe('duplicate signal', () => {
  it('refuses a signal that has led to an order and passes another', () => {
    const signals = createSignalMemory(['signal-1'])
    expect(refusedFor(wide(), request({ signalId: 'signal-1' }), context({ signals }))).toEqual(['DUPLICATE_SIGNAL'])
    expect(refusedFor(wide(), request({ signalId: 'signal-2' }), context({ signals }))).toEqual([])
  })
})
