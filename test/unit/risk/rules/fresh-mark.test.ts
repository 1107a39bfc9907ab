import { describe, expect, it } from 'vitest'
import { context, NOON, refusedFor, request, wide } from '../scene.ts'

const aged = (ms: number) => context({ markTime: Float64Array.of(NOON - ms, NOON) })

describe('fresh mark', () => {
  it('passes a mark of two seconds and refuses an older one', () => {
    expect(refusedFor(wide(), request(), aged(2_000))).toEqual([])
    expect(refusedFor(wide(), request(), aged(2_001))).toEqual(['PRICE_STALE'])
  })

  it('refuses a mark from the future', () => {
    expect(refusedFor(wide(), request(), aged(-1))).toEqual(['PRICE_STALE'])
  })

  it('looks at the mark of the order’s own instrument', () => {
    expect(refusedFor(wide(), request(), context({ markTime: Float64Array.of(NOON, 0) }))).toEqual([])
  })
})
