import { describe, expect, it } from 'vitest'
import { huntStop } from '../../../src/strategy/hunt-stop.ts'
import { settleStop, stopBeyondZone, stopBuffer } from '../../../src/strategy/stop.ts'
import { codes, configFrom, marketView, zone } from './scene.ts'

const { stop } = configFrom({})
const unknown = Number.NaN

describe('the buffer beyond a zone', () => {
  it('is the largest of 0.25 ATR, two ticks and half the spread', () => {
    expect(stopBuffer(marketView(), stop)).toBe(2.5)
    expect(stopBuffer(marketView({ atr: 0.4 }), stop)).toBeCloseTo(0.2, 12)
    expect(stopBuffer(marketView({ atr: 0.4, halfSpreadRatio: 0.001 }), stop)).toBe(1)
  })

  it('takes an ATR of nothing for none at all', () => {
    expect(stopBuffer(marketView({ atr: 0 }), stop)).toBeNaN()
    expect(
      codes(huntStop(marketView({ atr: 0 }), 'LONG', configFrom({ stop: { no_atr_buffer_pct: 0.05 } })).refusals),
    ).toEqual(['NO_STOP'])
    const lenient = configFrom({ stop: { no_atr_buffer_pct: 0.05 } }).stop
    expect(settleStop(marketView({ atr: 0 }), 'LONG', 980, 0.5, lenient)).toEqual({
      price: 980,
      flags: ['no_atr'],
      refusals: [],
    })
  })

  it('is not known without an ATR, unless a percent stands in for it', () => {
    expect(stopBuffer(marketView({ atr: unknown }), stop)).toBeNaN()
    const literal = configFrom({ stop: { no_atr_buffer_pct: 0.05 } }).stop
    expect(stopBuffer(marketView({ atr: unknown }), literal)).toBe(0.5)
    expect(stopBuffer(marketView({ atr: unknown, halfSpreadRatio: 0.001 }), literal)).toBe(1)
  })
})

describe('a stop beyond a zone', () => {
  it('stands beyond the far side, rounded away from the entry', () => {
    const support = zone('long', 990, { priceLow: 988.04, priceHigh: 992 })
    expect(stopBeyondZone(marketView(), 'LONG', support, stop).price).toBe(985.5)
    const resistance = zone('short', 1_010, { priceLow: 1_008, priceHigh: 1_011.96 })
    expect(stopBeyondZone(marketView(), 'SHORT', resistance, stop).price).toBe(1_014.5)
  })

  it('of a broken zone stands beyond its former near edge', () => {
    const broken = zone('short', 995, { priceLow: 993, priceHigh: 997 })
    expect(stopBeyondZone(marketView(), 'LONG', broken, stop).price).toBe(990.5)
  })

  it('needs an ATR', () => {
    const placed = stopBeyondZone(marketView({ atr: unknown }), 'LONG', zone('long', 990), stop)
    expect(placed.price).toBeNaN()
    expect(codes(placed.refusals)).toEqual(['NO_ATR'])
  })

  it('says when it did without one', () => {
    const literal = configFrom({ stop: { no_atr_buffer_pct: 0.05, max_distance_atr: null } }).stop
    const placed = stopBeyondZone(marketView({ atr: unknown }), 'LONG', zone('long', 990), literal)
    expect(placed).toEqual({ price: 989.5, flags: ['no_atr'], refusals: [] })
  })
})

describe('a stop that would stand inside a zone', () => {
  const inTheWay = (patch = {}) => zone('long', 985, { priceLow: 983, priceHigh: 986, strength: 0.5, ...patch })
  const settle = (zones: readonly ReturnType<typeof zone>[]) =>
    settleStop(marketView({ longClusters: zones }), 'LONG', 985, 2.5, stop)

  it('goes beyond that zone too', () => {
    expect(settle([inTheWay()])).toEqual({ price: 980.5, flags: ['stop_beyond_second_zone'], refusals: [] })
  })

  it('counts both edges as inside', () => {
    expect(settle([inTheWay({ priceHigh: 985 })]).price).toBe(980.5)
    expect(settle([inTheWay({ priceHigh: 984.9 })]).price).toBe(985)
    expect(settle([inTheWay({ priceLow: 985 })]).price).toBe(982.5)
    expect(settle([inTheWay({ priceLow: 985.1 })]).price).toBe(985)
  })

  it('stays where the zone is weaker than 0.5 or of unknown strength', () => {
    expect(settle([inTheWay({ strength: 0.49 })]).price).toBe(985)
    expect(settle([inTheWay({ strength: null })]).price).toBe(985)
  })

  it('does not go beyond a second one', () => {
    const second = zone('long', 980, { priceLow: 979, priceHigh: 981 })
    const placed = settle([inTheWay(), second])
    expect(placed.price).toBeNaN()
    expect(codes(placed.refusals)).toEqual(['NO_STOP'])
  })

  it('minds zones of the other side as well, and mirrors for SHORT', () => {
    const view = marketView({ shortClusters: [zone('short', 1_015, { priceLow: 1_014, priceHigh: 1_017 })] })
    expect(settleStop(view, 'SHORT', 1_015, 2.5, stop).price).toBe(1_019.5)
    const touched = marketView({ shortClusters: [zone('short', 995, { priceLow: 984, priceHigh: 1_001 })] })
    expect(settleStop(touched, 'LONG', 985, 2.5, stop).price).toBe(981.5)
  })
})

describe('the greatest stop distance', () => {
  it('is 2.5 ATR where that is less than 3 %', () => {
    expect(settleStop(marketView(), 'LONG', 975, 2.5, stop).refusals).toEqual([])
    const placed = settleStop(marketView(), 'LONG', 974.9, 2.5, stop)
    expect(codes(placed.refusals)).toEqual(['STOP_TOO_FAR'])
    expect(placed.price).toBe(974.9)
    expect(placed.refusals[0]!.message).toBe('stop 2.51 % away, at most 2.50 %')
  })

  it('is 3 % where that is less', () => {
    const view = marketView({ atr: 20 })
    expect(settleStop(view, 'SHORT', 1_030, 2.5, stop).refusals).toEqual([])
    expect(codes(settleStop(view, 'SHORT', 1_030.1, 2.5, stop).refusals)).toEqual(['STOP_TOO_FAR'])
  })

  it('is 3 % alone where the ATR is switched off', () => {
    const { stop: literal } = configFrom({ stop: { max_distance_atr: null } })
    expect(settleStop(marketView(), 'LONG', 970, 2.5, literal).refusals).toEqual([])
    expect(codes(settleStop(marketView(), 'LONG', 969.9, 2.5, literal).refusals)).toEqual(['STOP_TOO_FAR'])
  })
})

describe('the stop of a hunt', () => {
  const config = configFrom({})
  const behind = (price: number, patch = {}) => marketView({ longClusters: [zone('long', price, patch)] })

  it('stands behind a protective zone whose stop lies 0.5 to 1.5 ATR away', () => {
    expect(huntStop(behind(997.5), 'LONG', config)).toEqual({ price: 995, flags: [], refusals: [] })
    expect(huntStop(behind(987.5), 'LONG', config)).toEqual({ price: 985, flags: [], refusals: [] })
  })

  it('is 1 ATR away where the zone is nearer or farther than that', () => {
    const fallback = { price: 990, flags: ['stop_at_atr'], refusals: [] }
    expect(huntStop(behind(997.6), 'LONG', config)).toEqual(fallback)
    expect(huntStop(behind(987.4), 'LONG', config)).toEqual(fallback)
    expect(huntStop(marketView(), 'LONG', config)).toEqual(fallback)
  })

  it('asks strength 0.3 of the protective zone', () => {
    expect(huntStop(behind(995, { strength: 0.3 }), 'LONG', config).price).toBe(992.5)
    expect(huntStop(behind(995, { strength: 0.29 }), 'LONG', config).price).toBe(990)
    expect(huntStop(behind(995, { strength: null }), 'LONG', config).price).toBe(990)
  })

  it('takes the nearest zone that counts', () => {
    const view = marketView({ longClusters: [zone('long', 999), zone('long', 994), zone('long', 990)] })
    expect(huntStop(view, 'LONG', config).price).toBe(991.5)
  })

  it('mirrors for SHORT', () => {
    const view = marketView({ shortClusters: [zone('short', 1_005)] })
    expect(huntStop(view, 'SHORT', config).price).toBe(1_007.5)
    expect(huntStop(marketView(), 'SHORT', config).price).toBe(1_010)
  })

  it('is refused without an ATR', () => {
    expect(codes(huntStop(marketView({ atr: unknown }), 'LONG', config).refusals)).toEqual(['NO_ATR'])
  })

  describe('as the document has it', () => {
    const literal = configFrom({
      strategies: { liquidation_hunt: { protective_atr: null, fallback_stop_atr: 1.5 } },
      stop: { max_distance_atr: null, no_atr_buffer_pct: 0.05, max_distance_pct: 10 },
    })

    it('takes any protective zone within 3 %', () => {
      expect(huntStop(behind(999), 'LONG', literal).price).toBe(996.5)
      expect(huntStop(behind(970), 'LONG', literal).price).toBe(967.5)
    })

    it('is 1.5 ATR away where there is none', () => {
      expect(huntStop(behind(969.9), 'LONG', literal)).toEqual({ price: 985, flags: ['stop_at_atr'], refusals: [] })
    })

    it('needs either a zone or an ATR', () => {
      const view = { ...behind(990), atr: unknown }
      expect(huntStop(view, 'LONG', literal)).toEqual({ price: 989.5, flags: ['no_atr'], refusals: [] })
      const nothing = huntStop(marketView({ atr: unknown }), 'LONG', literal)
      expect(nothing.price).toBeNaN()
      expect(codes(nothing.refusals)).toEqual(['NO_STOP'])
    })
  })
})
