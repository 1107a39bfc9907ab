import { describe, expect, it } from 'vitest'
import { quantity } from '../../../../src/domain/unit.ts'
import { context, refusedFor, request, wide } from '../scene.ts'

const sized = (units: string) => request({}, { quantity: quantity(units) })
const short = (units: string) =>
  request({ direction: 'SHORT', stop: 50_500 }, { side: 'sell', quantity: quantity(units) })
const config = wide({ maxPositionUsd: 10_000 })

describe('max position', () => {
  it('passes at the limit and refuses one lot above it', () => {
    expect(refusedFor(config, sized('0.200'))).toEqual([])
    expect(refusedFor(config, sized('0.201'))).toEqual(['MAX_POSITION'])
  })

  it('counts the open position', () => {
    const account = context({ positionNotional: Float64Array.of(4_000, 0) })
    expect(refusedFor(config, sized('0.120'), account)).toEqual([])
    expect(refusedFor(config, sized('0.121'), account)).toEqual(['MAX_POSITION'])
  })

  it('counts working and unknown entries as if they filled', () => {
    const account = context({ workingBuyNotional: Float64Array.of(4_000, 0) })
    expect(refusedFor(config, sized('0.120'), account)).toEqual([])
    expect(refusedFor(config, sized('0.121'), account)).toEqual(['MAX_POSITION'])
  })

  it('lets orders of the two sides not make up for each other', () => {
    const account = context({ workingBuyNotional: Float64Array.of(10_000, 0) })
    expect(refusedFor(config, short('0.200'), account)).toEqual([])
    expect(refusedFor(config, short('0.201'), account)).toEqual(['MAX_POSITION'])
  })

  it('gives no room while the other side is beyond the limit already', () => {
    const account = context({ positionNotional: Float64Array.of(-10_000.01, 0) })
    expect(refusedFor(config, sized('0.001'), account)).toEqual(['MAX_POSITION'])
  })

  it('is about one symbol: what another holds does not matter', () => {
    const account = context({ positionNotional: Float64Array.of(0, 9_000) })
    expect(refusedFor(config, sized('0.200'), account)).toEqual([])
  })

  it('takes the smaller of the amount and the share of equity × leverage', () => {
    // 0.2 × 10,000 × 5 = 10,000.
    const shared = wide({ maxPositionRatio: 0.2 })
    expect(refusedFor(shared, sized('0.200'))).toEqual([])
    expect(refusedFor(shared, sized('0.201'))).toEqual(['MAX_POSITION'])
  })

  it('blocks while neither limit is set', () => {
    expect(refusedFor(wide({ maxPositionUsd: null, maxPositionRatio: null }), sized('0.001'))).toEqual([
      'LIMIT_NOT_CONFIGURED',
    ])
  })
})
