import { describe, expect, it } from 'vitest'
import { price } from '../../../../src/domain/unit.ts'
import { BTC, context, refusedFor, request, wide } from '../scene.ts'

const instrument = { ...BTC, priceBand: { up: 1.01, down: 0.98 } }
const buy = (limit: string) => request({}, { instrument, price: price(limit) })
const sell = (limit: string) =>
  request({ direction: 'SHORT', stop: 50_500 }, { instrument, side: 'sell', price: price(limit) })

describe('price band', () => {
  it('binds a buy above the mark and a sell below it, at the edge itself not yet', () => {
    expect(refusedFor(wide(), buy('50500.0'))).toEqual([])
    expect(refusedFor(wide(), buy('50500.1'))).toEqual(['PRICE_BAND'])
    expect(refusedFor(wide(), buy('40000'))).toEqual([])
    expect(refusedFor(wide(), sell('49000.0'))).toEqual([])
    expect(refusedFor(wide(), sell('48999.9'))).toEqual(['PRICE_BAND'])
    expect(refusedFor(wide(), sell('60000'))).toEqual([])
  })

  it('is around the mark of the moment', () => {
    expect(refusedFor(wide(), buy('50500.0'), context({ mark: Float64Array.of(49_900, 2_000) }))).toEqual([
      'PRICE_BAND',
    ])
  })

  it('binds nobody where the venue tells none', () => {
    expect(refusedFor(wide(), request({}, { price: price('60000') }))).toEqual([])
  })
})
