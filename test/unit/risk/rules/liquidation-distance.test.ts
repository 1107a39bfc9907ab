import { describe, expect, it } from 'vitest'
import { configWith, refusedFor, request, wide } from '../scene.ts'

/** No funding, so that the distance is 50,000 − (50,000 − 50,000/L) / (1 − 0.004) in units of the stop's distance. */
const free = { fundingRate: 0 }

describe('distance to our own liquidation', () => {
  it('passes two stop distances and refuses what is nearer', () => {
    // At 10x a LONG is liquidated at 45,000 / 0.996 = 45,180.72, which is 4,819.28 away: twice 2,409.64.
    const config = wide({ liquidationDistanceRatio: 2 })
    expect(refusedFor(config, request({ ...free, leverage: 10, stop: 50_000 - 2_409.6 }))).toEqual([])
    expect(refusedFor(config, request({ ...free, leverage: 10, stop: 50_000 - 2_409.7 }))).toEqual(['OWN_LIQUIDATION'])
  })

  it('looks the other way for a SHORT', () => {
    // 55,000 / 1.004 = 54,780.88, which is 4,780.88 away: twice 2,390.44.
    const config = wide({ liquidationDistanceRatio: 2 })
    const short = (stop: number) => request({ ...free, direction: 'SHORT', leverage: 10, stop }, { side: 'sell' })
    expect(refusedFor(config, short(50_000 + 2_390.4))).toEqual([])
    expect(refusedFor(config, short(50_000 + 2_390.5))).toEqual(['OWN_LIQUIDATION'])
  })

  it('reckons with the funding of the longest holding time', () => {
    // 1 % a settlement, three of them in 24 h: 1,500 a unit. (45,000 + 1,500) / 0.996 = 46,686.75, 3,313.25 away.
    const config = wide({ liquidationDistanceRatio: 2 })
    expect(refusedFor(config, request({ fundingRate: 0.01, leverage: 10, stop: 50_000 - 1_656.6 }))).toEqual([])
    expect(refusedFor(config, request({ fundingRate: 0.01, leverage: 10, stop: 50_000 - 1_656.7 }))).toEqual([
      'OWN_LIQUIDATION',
    ])
  })

  it('has no liquidation to fear with one times the margin', () => {
    expect(refusedFor(wide({ liquidationDistanceRatio: 2 }), request({ ...free, leverage: 1, stop: 1 }))).toEqual([])
  })

  it('takes all the equity for margin under cross margin', () => {
    // 10,000 of equity behind 5,000 of value: the LONG cannot be liquidated, though it would be at 10x isolated.
    const cross = {
      ...wide({ liquidationDistanceRatio: 2 }),
      exchange: { ...configWith().exchange, marginMode: 'cross' as const },
    }
    expect(refusedFor(cross, request({ ...free, leverage: 10, stop: 40_000 }))).toEqual([])
  })

  it('blocks while it is not set', () => {
    expect(refusedFor(wide({ liquidationDistanceRatio: null }), request())).toEqual(['LIMIT_NOT_CONFIGURED'])
  })
})
