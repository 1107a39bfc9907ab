import { describe, expect, it } from 'vitest'
import { quantity } from '../../../../src/domain/unit.ts'
import { context, refusedFor, request, wide } from '../scene.ts'

const sized = (units: string) => request({}, { quantity: quantity(units) })

describe('max order value', () => {
  it('passes at the limit and refuses one lot above it', () => {
    const config = wide({ maxOrderUsd: 5_000 })
    expect(refusedFor(config, sized('0.100'))).toEqual([])
    expect(refusedFor(config, sized('0.101'))).toEqual(['MAX_ORDER_VALUE'])
  })

  it('takes the smaller of the amount and the share of equity × leverage', () => {
    // 0.1 × 10,000 × 5 = 5,000.
    expect(refusedFor(wide({ maxOrderRatio: 0.1 }), sized('0.100'))).toEqual([])
    expect(refusedFor(wide({ maxOrderRatio: 0.1 }), sized('0.101'))).toEqual(['MAX_ORDER_VALUE'])
    expect(refusedFor(wide({ maxOrderRatio: 0.1, maxOrderUsd: 4_999 }), sized('0.100'))).toEqual(['MAX_ORDER_VALUE'])
  })

  it('does not grow with a leverage above the configured one', () => {
    // Configured 10: 0.05 × 10,000 × 10 = 5,000, whatever the request says beyond that.
    const config = wide({ maxOrderRatio: 0.05 })
    expect(refusedFor(config, request({ leverage: 20 }, { quantity: quantity('0.100') }))).toEqual([])
    expect(refusedFor(config, request({ leverage: 20 }, { quantity: quantity('0.101') }))).toEqual(['MAX_ORDER_VALUE'])
  })

  it('values a sell at the mark when that is above its limit', () => {
    const config = wide({ maxOrderUsd: 5_000 })
    const short = request({ direction: 'SHORT', stop: 50_500 }, { side: 'sell' })
    expect(refusedFor(config, short)).toEqual([])
    expect(refusedFor(config, short, context({ mark: Float64Array.of(50_001, 2_000) }))).toEqual(['MAX_ORDER_VALUE'])
  })

  it('blocks while neither limit is set', () => {
    expect(refusedFor(wide({ maxOrderUsd: null, maxOrderRatio: null }), sized('0.001'))).toEqual([
      'LIMIT_NOT_CONFIGURED',
    ])
  })
})
