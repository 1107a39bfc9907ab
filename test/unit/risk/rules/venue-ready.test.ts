import { describe, expect, it } from 'vitest'
import { context, refusedFor, request, wide } from '../scene.ts'

describe('venue-ready', () => {
  it('refuses while the venue is away, and until the books have been compared', () => {
    expect(refusedFor(wide(), request(), context({ venue: 'down' }))).toEqual(['VENUE_DOWN'])
    expect(refusedFor(wide(), request(), context({ venue: 'reconciling' }))).toEqual(['RECONCILING'])
  })

  it('passes when both are in order', () => {
    expect(refusedFor(wide(), request(), context({ venue: 'ready' }))).toEqual([])
  })
})
