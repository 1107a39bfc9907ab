import { describe, expect, it } from 'vitest'
import { price, quantity } from '../../../../src/domain/unit.ts'
import { context, refusedFor, request, wide } from '../scene.ts'

describe('max leverage', () => {
  it('passes at the limit and refuses the next step', () => {
    const config = wide({ maxLeverage: 10 })
    expect(refusedFor(config, request({ leverage: 10 }))).toEqual([])
    expect(refusedFor(config, request({ leverage: 11 }))).toEqual(['MAX_LEVERAGE'])
  })

  it('keeps to what the venue allows at the size of the order', () => {
    // The table allows 125x up to 50,000 of value and 50x above.
    expect(refusedFor(wide(), request({ leverage: 60 }, { quantity: quantity('1') }))).toEqual([])
    expect(refusedFor(wide(), request({ leverage: 60 }, { quantity: quantity('1.001') }))).toEqual(['MAX_LEVERAGE'])
  })

  it('refuses a size beyond the table at any leverage', () => {
    const account = context({ mark: Float64Array.of(200_000, 2_000), freeMargin: 1e9 })
    const beyond = request(
      { leverage: 1, entry: 200_000, stop: 199_000 },
      { quantity: quantity('501'), price: price('200000') },
    )
    expect(refusedFor(wide(), beyond, account)).toContain('MAX_LEVERAGE')
  })

  it('blocks while it is not set', () => {
    expect(refusedFor(wide({ maxLeverage: null }), request())).toEqual(['LIMIT_NOT_CONFIGURED'])
  })
})
