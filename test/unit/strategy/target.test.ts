import { describe, expect, it } from 'vitest'
import { cappedTarget, nextZone, targetAtR, targetAtZone, windowedTarget } from '../../../src/strategy/target.ts'
import { configFrom, instrument, marketView, zone } from './scene.ts'

const { target } = configFrom({})
const at = configFrom({ target: { placement: 'at', buffer_atr: 0 } }).target
const view = marketView()
const above = zone('short', 1_020, { priceLow: 1_018.04, priceHigh: 1_022 })
const below = zone('long', 980, { priceLow: 978, priceHigh: 981.96 })

describe('a target at a zone', () => {
  it('stands 0.05 ATR before the near edge, rounded towards the entry', () => {
    expect(targetAtZone(view, 'LONG', above, target)).toBe(1_017.5)
    expect(targetAtZone(view, 'SHORT', below, target)).toBe(982.5)
  })

  it('stands at the near edge without an ATR', () => {
    expect(targetAtZone(marketView({ atr: Number.NaN }), 'LONG', above, target)).toBe(1_018)
  })

  it('stands at the edge, whatever the buffer, or beyond it, where it is told to', () => {
    expect(targetAtZone(view, 'LONG', above, { ...at, bufferAtr: 1 })).toBe(1_018)
    const beyond = configFrom({ target: { placement: 'beyond', beyond_pct: 1 } }).target
    expect(targetAtZone(view, 'LONG', zone('short', 1_020), beyond)).toBe(1_030.2)
    expect(targetAtZone(view, 'SHORT', zone('long', 980), beyond)).toBe(970.2)
  })

  it('half a percent beyond the level is the one of the document', () => {
    const beyond = configFrom({ target: { placement: 'beyond', beyond_pct: 0.5 } }).target
    const fine = marketView({ price: 89_175.1, instrument: instrument(0.001) })
    expect(targetAtZone(fine, 'LONG', zone('short', 89_427.01), beyond)).toBeCloseTo(89_874.145, 3)
  })
})

describe('a target at a multiple of R', () => {
  it('is that far away, and unknown without a stop', () => {
    expect(targetAtR(view, 'LONG', 990, 2)).toBe(1_020)
    expect(targetAtR(view, 'SHORT', 1_010, 2)).toBe(980)
    expect(targetAtR(view, 'LONG', Number.NaN, 2)).toBeNaN()
  })
})

describe('the next zone ahead', () => {
  it('is the nearest that is strong enough', () => {
    const zones = [
      zone('short', 1_010, { strength: 0.49 }),
      zone('short', 1_012, { strength: null }),
      zone('short', 1_014, { strength: 0.5 }),
    ]
    expect(nextZone(marketView({ shortClusters: zones }), 'LONG', 0.5)?.priceMode).toBe(1_014)
    expect(nextZone(view, 'LONG', 0.5)).toBeNull()
    expect(nextZone(marketView({ longClusters: [below] }), 'SHORT', 0.5)).toBe(below)
  })
})

describe('a capped target', () => {
  it('is the zone up to 2 R, 2 R beyond that or without a zone', () => {
    expect(cappedTarget(view, 'LONG', 990, zone('short', 1_020), 2, at)).toEqual({
      price: 1_020,
      clusterId: 'short-1020',
    })
    expect(cappedTarget(view, 'LONG', 990, zone('short', 1_020.1), 2, at)).toEqual({ price: 1_020, clusterId: null })
    expect(cappedTarget(view, 'LONG', 990, null, 2, at)).toEqual({ price: 1_020, clusterId: null })
    expect(cappedTarget(view, 'SHORT', 1_010, zone('long', 985), 2, at)).toEqual({ price: 985, clusterId: 'long-985' })
    expect(cappedTarget(view, 'SHORT', 1_010, zone('long', 979.9), 2, at)).toEqual({ price: 980, clusterId: null })
  })
})

describe('a target within a window', () => {
  const window = { minR: 1, maxR: 2 }
  const placed = (price: number | null) =>
    windowedTarget(view, 'LONG', 990, price === null ? null : zone('short', price), window, at)

  it('is the next zone between 1 R and 2 R, else 2 R', () => {
    expect(placed(1_009.9)).toEqual({ price: 1_020, clusterId: null })
    expect(placed(1_010)).toEqual({ price: 1_010, clusterId: 'short-1010' })
    expect(placed(1_020)).toEqual({ price: 1_020, clusterId: 'short-1020' })
    expect(placed(1_020.1)).toEqual({ price: 1_020, clusterId: null })
    expect(placed(null)).toEqual({ price: 1_020, clusterId: null })
  })

  it('mirrors for SHORT', () => {
    expect(windowedTarget(view, 'SHORT', 1_010, zone('long', 985), window, at)).toEqual({
      price: 985,
      clusterId: 'long-985',
    })
    expect(windowedTarget(view, 'SHORT', 1_010, zone('long', 995), window, at).price).toBe(980)
  })
})
