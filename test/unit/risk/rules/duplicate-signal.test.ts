import { describe, expect, it } from 'vitest'
import { createIdMemory } from '../../../../src/domain/id-memory.ts'
import { context, refusedFor, request, wide } from '../scene.ts'

describe('duplicate signal', () => {
  it('refuses a signal that has led to an order and passes another', () => {
    const signals = createIdMemory({ ids: ['signal-1'], count: 1 })
    expect(refusedFor(wide(), request({ signalId: 'signal-1' }), context({ signals }))).toEqual(['DUPLICATE_SIGNAL'])
    expect(refusedFor(wide(), request({ signalId: 'signal-2' }), context({ signals }))).toEqual([])
  })
})
