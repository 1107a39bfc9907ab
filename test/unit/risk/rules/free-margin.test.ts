import { describe, expect, it } from 'vitest'
import { quantity } from '../../../../src/domain/unit.ts'
import { context, refusedFor, request, wide } from '../scene.ts'

const sized = (units: string) => request({}, { quantity: quantity(units) })

describe('free margin', () => {
  it('passes when exactly the share stays free and refuses one lot more', () => {
    // 2,000 free less 10 % of 10,000 leaves 1,000 of margin: 5,000 of value at 5x.
    const account = context({ freeMargin: 2_000 })
    expect(refusedFor(wide({ freeMarginRatio: 0.1 }), sized('0.100'), account)).toEqual([])
    expect(refusedFor(wide({ freeMarginRatio: 0.1 }), sized('0.101'), account)).toEqual(['FREE_MARGIN'])
  })

  it('asks for less margin at a higher leverage', () => {
    const account = context({ freeMargin: 1_500 })
    expect(refusedFor(wide({ freeMarginRatio: 0.1 }), sized('0.100'), account)).toEqual(['FREE_MARGIN'])
    expect(refusedFor(wide({ freeMarginRatio: 0.1 }), request({ leverage: 10 }), account)).toEqual([])
  })

  it('blocks while it is not set', () => {
    expect(refusedFor(wide({ freeMarginRatio: null }), sized('0.001'))).toEqual(['LIMIT_NOT_CONFIGURED'])
  })
})
