import { describe, expect, it } from 'vitest'
import { quantity } from '../../../../src/domain/unit.ts'
import { context, refusedFor, request, wide } from '../scene.ts'

const sized = (units: string) => request({}, { quantity: quantity(units) })
// 10,000 of equity: a limit of 20,000.
const config = wide({ maxGrossExposureRatio: 2 })

describe('max gross exposure', () => {
  it('passes at the limit and refuses one lot above it', () => {
    expect(refusedFor(config, sized('0.400'))).toEqual([])
    expect(refusedFor(config, sized('0.401'))).toEqual(['MAX_GROSS_EXPOSURE'])
  })

  it('adds the size of long and short positions of all symbols', () => {
    const account = context({ positionNotional: Float64Array.of(2_000, -8_000) })
    expect(refusedFor(config, sized('0.200'), account)).toEqual([])
    expect(refusedFor(config, sized('0.201'), account)).toEqual(['MAX_GROSS_EXPOSURE'])
  })

  it('counts what works elsewhere as if it filled', () => {
    const account = context({ workingSellNotional: Float64Array.of(0, 10_000) })
    expect(refusedFor(config, sized('0.200'), account)).toEqual([])
    expect(refusedFor(config, sized('0.201'), account)).toEqual(['MAX_GROSS_EXPOSURE'])
  })

  it('blocks while it is not set', () => {
    expect(refusedFor(wide({ maxGrossExposureRatio: null }), sized('0.001'))).toEqual(['LIMIT_NOT_CONFIGURED'])
  })
})
