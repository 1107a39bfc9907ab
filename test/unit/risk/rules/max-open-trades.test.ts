import { describe, expect, it } from 'vitest'
import { configWith, context, refusedFor, request, wide } from '../scene.ts'

describe('max open trades', () => {
  it('permits the last one and refuses the next', () => {
    const config = wide({ maxOpenTrades: 3 })
    expect(refusedFor(config, request(), context({ openTrades: 2 }))).toEqual([])
    expect(refusedFor(config, request(), context({ openTrades: 3 }))).toEqual(['MAX_OPEN_TRADES'])
  })

  it('permits one under cross margin, whatever is configured', () => {
    const config = {
      ...wide({ maxOpenTrades: 3 }),
      exchange: { ...configWith().exchange, marginMode: 'cross' as const },
    }
    expect(refusedFor(config, request())).toEqual([])
    expect(refusedFor(config, request(), context({ openTrades: 1 }))).toEqual(['MAX_OPEN_TRADES'])
  })

  it('blocks while it is not set', () => {
    expect(refusedFor(wide({ maxOpenTrades: null }), request())).toEqual(['LIMIT_NOT_CONFIGURED'])
  })
})
