import { describe, expect, it } from 'vitest'
import { price } from '../../../../src/domain/unit.ts'
import { context, refusedFor, request, wide } from '../scene.ts'

// 0.5 % of 50,000 is 250.
const config = wide({ priceCollarPct: 0.5 })
const at = (limit: string) => request({}, { price: price(limit) })

describe('price collar', () => {
  it('passes at either edge and refuses one tick beyond', () => {
    expect(refusedFor(config, at('50250.0'))).toEqual([])
    expect(refusedFor(config, at('50250.1'))).toEqual(['PRICE_COLLAR'])
    expect(refusedFor(config, at('49750.0'))).toEqual([])
    expect(refusedFor(config, at('49749.9'))).toEqual(['PRICE_COLLAR'])
  })

  it('passes the last tick within an edge that is none', () => {
    // 0.5 % of 65,432.1 is 327.1605: the last tick within is 65,759.2.
    const account = context({ mark: Float64Array.of(65_432.1, 2_000) })
    const near = (limit: string) => request({ entry: 65_432.1, stop: 65_000 }, { price: price(limit) })
    expect(refusedFor(config, near('65759.2'), account)).toEqual([])
    expect(refusedFor(config, near('65759.3'), account)).toEqual(['PRICE_COLLAR'])
  })

  it('also holds the price of the signal', () => {
    expect(refusedFor(config, request({ entry: 50_250 }))).toEqual([])
    expect(refusedFor(config, request({ entry: 50_250.1 }))).toEqual(['PRICE_COLLAR'])
  })

  it('follows the mark', () => {
    expect(refusedFor(config, request(), context({ mark: Float64Array.of(50_300, 2_000) }))).toEqual(['PRICE_COLLAR'])
  })

  it('blocks while it is not set', () => {
    expect(refusedFor(wide({ priceCollarPct: null }), request())).toEqual(['LIMIT_NOT_CONFIGURED'])
  })
})
