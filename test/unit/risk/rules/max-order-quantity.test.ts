import { describe, expect, it } from 'vitest'
import { quantity } from '../../../../src/domain/unit.ts'
import { refusedFor, request, wide } from '../scene.ts'

const sized = (units: string) => request({}, { quantity: quantity(units) })

describe('max order quantity', () => {
  it('passes at the configured limit and refuses one lot above it', () => {
    const config = wide({ maxOrderQuantity: 0.25 })
    expect(refusedFor(config, sized('0.250'))).toEqual([])
    expect(refusedFor(config, sized('0.251'))).toEqual(['MAX_ORDER_QUANTITY'])
  })

  it('falls back to the maximum of the venue, which also holds beside a larger configured one', () => {
    const leverage = { leverage: 1 }
    for (const config of [wide(), wide({ maxOrderQuantity: 5_000 })]) {
      const at = request(leverage, { quantity: quantity('1000') })
      const above = request(leverage, { quantity: quantity('1000.001') })
      expect(refusedFor(config, at)).not.toContain('MAX_ORDER_QUANTITY')
      expect(refusedFor(config, above)).toContain('MAX_ORDER_QUANTITY')
    }
  })
})
