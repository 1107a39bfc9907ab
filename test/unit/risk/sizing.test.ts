import { describe, expect, it } from 'vitest'
import type { Config } from '../../../src/config/schema.ts'
import type { OpenInterest } from '../../../src/domain/cluster.ts'
import { Dec } from '../../../src/domain/decimal.ts'
import type { SizeInput } from '../../../src/risk/size-input.ts'
import { createSizer } from '../../../src/risk/sizing.ts'
import { BTC, configWith, NOON, SATURDAY, wide } from './scene.ts'

const free: Partial<Config['entry']> = { gapMaxLossPct: 100, correlatedRiskPct: null }
const base = wide()
const standard: Config = { ...base, entry: { ...base.entry, ...free } }
const literal: Config = {
  ...standard,
  sizing: {
    riskPerTradePct: 1,
    maxRiskPerTradePct: 2,
    multiplierMin: null,
    multiplierMax: null,
    useStrength: false,
    positionRatioOnly: false,
    weekendRatio: 1,
  },
}
const limited = (risk: Partial<Config['risk']>, entry: Partial<Config['entry']> = {}): Config => ({
  ...standard,
  risk: { ...standard.risk, ...risk },
  entry: { ...standard.entry, ...entry },
})

const openInterest = (overrides: Partial<OpenInterest> = {}): OpenInterest => ({
  asOf: NOON,
  totalUsd: 2e9,
  longUsd: null,
  shortUsd: null,
  ratio: 1,
  ratioKind: 'account',
  ...overrides,
})

/** A LONG at 50,000 with its stop 500 below, where one unit loses 500 + 27.5 + 24.75 + 49.5 = 601.75. */
const input = (overrides: Partial<SizeInput> = {}): SizeInput => ({
  time: NOON,
  instrument: BTC,
  direction: 'LONG',
  entry: 50_000,
  stop: 49_500,
  mark: 50_000,
  atr: 300,
  strength: 0.8,
  openInterest: openInterest(),
  halfSpreadRatio: 0.00005,
  depthQuantity: null,
  fundingRate: 0,
  equity: 10_000,
  freeMargin: 10_000,
  positionNotional: 0,
  workingBuyNotional: 0,
  workingSellNotional: 0,
  grossNotional: 0,
  correlatedRisk: 0,
  ...overrides,
})
const short = (overrides: Partial<SizeInput> = {}): SizeInput =>
  input({ direction: 'SHORT', stop: 50_500, ...overrides })

function sized(config: Config, of: SizeInput) {
  const result = createSizer(config)(of)
  if (result.kind === 'refused') throw new Error(result.refusals.map((r) => r.message).join())
  return { ...result, units: result.quantity.toNumber() }
}
function refused(config: Config, of: SizeInput): readonly string[] {
  const result = createSizer(config)(of)
  return result.kind === 'refused' ? result.refusals.map((r) => r.code) : []
}

describe('the risk of a trade', () => {
  // total open interest, long/short ratio, then LONG very strong, LONG strong, SHORT very strong, SHORT strong
  const table: readonly [Config, string, number, number, number, number, number, number][] = [
    [standard, 'default', 6e9, 1.3, 50, 50, 50, 50],
    [standard, 'default', 6e9, 1, 50, 50, 50, 50],
    [standard, 'default', 6e9, 0.7, 50, 50, 50, 50],
    [standard, 'default', 2e9, 1.3, 50, 37.5, 50, 45],
    [standard, 'default', 2e9, 1, 50, 37.5, 50, 37.5],
    [standard, 'default', 2e9, 0.7, 50, 45, 50, 37.5],
    [standard, 'default', 5e8, 1.3, 25, 18.75, 30, 22.5],
    [standard, 'default', 5e8, 1, 25, 18.75, 25, 18.75],
    [standard, 'default', 5e8, 0.7, 30, 22.5, 25, 18.75],
    [literal, 'literal', 6e9, 1.3, 150, 150, 180, 180],
    [literal, 'literal', 6e9, 1, 150, 150, 150, 150],
    [literal, 'literal', 6e9, 0.7, 180, 180, 150, 150],
    [literal, 'literal', 2e9, 1.3, 100, 100, 120, 120],
    [literal, 'literal', 2e9, 1, 100, 100, 100, 100],
    [literal, 'literal', 2e9, 0.7, 120, 120, 100, 100],
    [literal, 'literal', 5e8, 1.3, 50, 50, 60, 60],
    [literal, 'literal', 5e8, 1, 50, 50, 50, 50],
    [literal, 'literal', 5e8, 0.7, 60, 60, 50, 50],
  ]

  it.each(table)('%#: %s', (config, _name, totalUsd, ratio, longVery, longStrong, shortVery, shortStrong) => {
    const ratioKind = config === literal ? 'book_imbalance' : 'account'
    const shared = { openInterest: openInterest({ totalUsd, ratio, ratioKind }) }
    expect(sized(config, input({ ...shared, strength: 0.8 })).riskAmount).toBeCloseTo(longVery, 9)
    expect(sized(config, input({ ...shared, strength: 0.6 })).riskAmount).toBeCloseTo(longStrong, 9)
    expect(sized(config, short({ ...shared, strength: 0.8 })).riskAmount).toBeCloseTo(shortVery, 9)
    expect(sized(config, short({ ...shared, strength: 0.6 })).riskAmount).toBeCloseTo(shortStrong, 9)
  })

  it('is never above the largest risk', () => {
    const config = { ...literal, sizing: { ...literal.sizing, maxRiskPerTradePct: 1.6 } }
    const result = sized(config, input({ openInterest: openInterest({ totalUsd: 6e9, ratio: 0.7 }) }))
    expect(result.riskAmount).toBeCloseTo(160, 9)
    expect(result.notes).toContain('RISK_CAPPED')
    const exact = { ...standard, sizing: { ...standard.sizing, maxRiskPerTradePct: 0.5 } }
    expect(sized(exact, input()).notes).toEqual([])
  })

  it('is halved at the weekend after every clip, in the default alone', () => {
    const much = openInterest({ totalUsd: 6e9 })
    expect(sized(standard, input({ openInterest: much, time: SATURDAY })).riskAmount).toBeCloseTo(25, 9)
    expect(sized(literal, input({ openInterest: much, time: SATURDAY })).riskAmount).toBeCloseTo(150, 9)
  })
})

describe('quantity', () => {
  it('loses the risk at the stop, costs included, and is rounded down to the lot', () => {
    // 50 / 601.75 = 0.08309…
    const result = sized(standard, input())
    expect(result.quantity.toString()).toBe('0.083')
    expect(result.lossAtStop).toBeCloseTo(0.083 * 601.75, 9)
    expect(result.notes).toEqual([])
  })

  it('reckons the slippage of the stop with a tenth of the ATR where that is more than 10 bp', () => {
    // 500 + 27.5 + 24.75 + 100 = 652.25; 50 / 652.25 = 0.07665…
    expect(sized(standard, input({ atr: 1_000 })).quantity.toString()).toBe('0.076')
    // 10 bp of 49,500 without an ATR.
    expect(sized(standard, input({ atr: Number.NaN })).quantity.toString()).toBe('0.083')
  })

  it('mirrors for a SHORT', () => {
    // 500 + 27.5 + 25.25 + 50.5 = 603.25; 50 / 603.25 = 0.08288…
    expect(sized(standard, short()).quantity.toString()).toBe('0.082')
  })

  it('does not lose a lot to binary fractions', () => {
    // No costs beyond 10 bp of the stop: 500 + 49.5 = 549.5 a unit, and 0.5 % of 32,970 is 0.3 of that.
    const cheap = { ...standard, simulation: { ...standard.simulation, feeTakerBp: 0 } }
    expect(sized(cheap, input({ equity: 32_970, halfSpreadRatio: 0 })).quantity.toString()).toBe('0.3')
  })

  it('is not traded below the minimum, and never rounded up to it', () => {
    const coarse = { ...BTC, lotSize: new Dec('0.1'), lot: 0.1, minQuantity: new Dec('0.1') }
    expect(refused(standard, input({ instrument: coarse }))).toEqual(['BELOW_MINIMUM'])
    const boundless = { ...BTC, minQuantity: new Dec(0), minNotional: new Dec(0) }
    expect(refused(standard, input({ instrument: boundless, depthQuantity: 0.0001 }))).toEqual(['BELOW_MINIMUM'])
    expect(sized(standard, input({ instrument: { ...BTC, minQuantity: new Dec('0.083') } })).quantity.toString()).toBe(
      '0.083',
    )
    const dear = { ...BTC, minNotional: new Dec('4150') }
    // 0.083 × 50,000 = 4,150.
    expect(sized(standard, input({ instrument: dear })).quantity.toString()).toBe('0.083')
    expect(refused(standard, input({ instrument: { ...BTC, minNotional: new Dec('4150.01') } }))).toEqual([
      'BELOW_MINIMUM',
    ])
  })
})

describe('a resting entry', () => {
  const resting = limited({}, { orderType: 'limit' })

  it('pays the maker fee and no spread', () => {
    // 500 + 10 + 24.75 + 49.5 = 584.25; 50 / 584.25 = 0.08558….
    expect(sized(resting, input()).quantity.toString()).toBe('0.085')
  })

  it('may be rounded to a tick below its price when the venue values it', () => {
    // 0.085 × 49,999.9 = 4,249.9915.
    const minimum = (usd: string) => input({ instrument: { ...BTC, minNotional: new Dec(usd) } })
    expect(sized(resting, minimum('4249.9915')).quantity.toString()).toBe('0.085')
    expect(refused(resting, minimum('4249.992'))).toEqual(['BELOW_MINIMUM'])
  })

  it('may be rounded to a tick above its price when a sell is valued', () => {
    // 50,000.1 × 0.05 = 2,500.005.
    const capped = (usd: number) =>
      sized(limited({ maxOrderUsd: usd }, { orderType: 'limit' }), short()).quantity.toString()
    expect(capped(2_500.006)).toBe('0.05')
    expect(capped(2_500.004)).toBe('0.049')
  })
})

describe('caps', () => {
  it('keeps to what the book holds', () => {
    const result = sized(standard, input({ depthQuantity: 0.0509 }))
    expect(result.quantity.toString()).toBe('0.05')
    expect(result.notes).toEqual(['CAPPED_BY_DEPTH'])
    expect(refused(standard, input({ depthQuantity: 0 }))).toEqual(['DEPTH', 'BELOW_MINIMUM'])
  })

  it('keeps to the order limits, valued at the collar where a buy may fill', () => {
    // Collar 0.5 %: 50,250 a unit. 2,512.5 buys exactly 0.05; a cent less, one lot less.
    expect(sized(limited({ maxOrderUsd: 2_512.5, priceCollarPct: 0.5 }), input()).quantity.toString()).toBe('0.05')
    expect(sized(limited({ maxOrderUsd: 2_512.49, priceCollarPct: 0.5 }), input()).quantity.toString()).toBe('0.049')
    // A sell fills at the mark or below its own limit at worst: 50,000 a unit.
    expect(sized(limited({ maxOrderUsd: 2_500, priceCollarPct: 0.5 }), short()).quantity.toString()).toBe('0.05')
    expect(sized(limited({ maxOrderQuantity: 0.04 }), input()).notes).toEqual(['CAPPED_BY_MAX_ORDER_QUANTITY'])
  })

  it('keeps to the room under the position limit', () => {
    const config = limited({ maxPositionUsd: 5_000, priceCollarPct: 0.5 })
    const result = sized(config, input({ workingBuyNotional: 2_487.5, grossNotional: 2_487.5 }))
    expect(result.quantity.toString()).toBe('0.05')
    expect(result.notes).toEqual(['CAPPED_BY_MAX_POSITION'])
    expect(refused(config, input({ positionNotional: 5_000, grossNotional: 5_000 }))).toEqual([
      'MAX_POSITION',
      'BELOW_MINIMUM',
    ])
  })

  it('keeps to the room under the gross limit, other symbols counted', () => {
    const config = limited({ maxGrossExposureRatio: 2, priceCollarPct: 0.5 })
    const result = sized(config, input({ grossNotional: 17_487.5 }))
    expect(result.quantity.toString()).toBe('0.05')
    expect(result.notes).toEqual(['CAPPED_BY_MAX_GROSS_EXPOSURE'])
    // What works here already is counted once.
    const again = sized(config, input({ grossNotional: 17_487.5, workingBuyNotional: 1_000 }))
    expect(again.quantity.toString()).toBe('0.05')
  })

  it('gives up a lot rather than pass a quantity by the last bit', () => {
    expect(sized(limited({ maxOrderQuantity: 0.05 }), input()).quantity.toString()).toBe('0.05')
    expect(sized(limited({ maxOrderQuantity: 0.04999999999999999 }), input()).quantity.toString()).toBe('0.049')
  })

  it('gives up a lot rather than pass a limit by the last bit', () => {
    const config = limited({ maxOrderUsd: 2_512.4999999999995, priceCollarPct: 0.5 })
    expect(0.05 * 50_250 > 2_512.4999999999995).toBe(true)
    expect(sized(config, input()).quantity.toString()).toBe('0.049')
  })

  it('leaves the share of margin free that must stay free', () => {
    // 1,502.5 − 1,000 = 502.5 of margin, which is 2,512.5 of value at 5x.
    const config = { ...limited({ freeMarginRatio: 0.1, priceCollarPct: 0.5 }), exchange: configWith().exchange }
    expect(sized(config, input({ freeMargin: 1_502.5 })).quantity.toString()).toBe('0.05')
    expect(sized(config, input({ freeMargin: 1_502.49 })).quantity.toString()).toBe('0.049')
  })

  it('never borrows beyond equity × leverage', () => {
    const config = { ...limited({ priceCollarPct: 0.5 }), exchange: { ...configWith().exchange, leverage: 1 } }
    const tight = input({ equity: 2_512.5, freeMargin: 1e6, stop: 49_990, atr: 1 })
    // Risk alone would give 12.56 / (10 + 27.5 + 25 + 50) = 0.111.
    expect(sized(config, tight).quantity.toString()).toBe('0.05')
    expect(sized(config, tight).notes).toEqual(['CAPPED_BY_MAX_LEVERAGE'])
  })

  it('keeps the loss of a gap through the stop within its share of equity', () => {
    // 3 % of 10,000 over 500 + 10 % of 49,500: 300 / 5,450 = 0.05504….
    const config = limited({}, { gapPct: 10, gapMaxLossPct: 3 })
    expect(sized(config, input()).quantity.toString()).toBe('0.055')
    expect(sized(config, input()).notes).toEqual(['CAPPED_BY_GAP_RISK'])
  })

  it('shares the correlated risk with what is open', () => {
    // 1 % of 10,000 less 69.9125 leaves 30.0875, which is 0.05 × 601.75.
    const config = limited({}, { correlatedRiskPct: 1 })
    expect(sized(config, input({ correlatedRisk: 69.9 })).quantity.toString()).toBe('0.05')
    expect(sized(config, input({ correlatedRisk: 69.93 })).quantity.toString()).toBe('0.049')
    expect(refused(config, input({ correlatedRisk: 100 }))).toEqual(['CORRELATED_RISK', 'BELOW_MINIMUM'])
  })

  it('takes a larger share of correlated risk for what it is', () => {
    // 2 % of 10,000 less 169.9 leaves 30.1, a little more than 0.05 × 601.75.
    expect(sized(limited({}, { correlatedRiskPct: 2 }), input({ correlatedRisk: 169.9 })).quantity.toString()).toBe(
      '0.05',
    )
  })

  it('names a cap that leaves less than the minimum value', () => {
    const dear = { ...BTC, minNotional: new Dec('4100') }
    expect(refused(limited({ maxOrderUsd: 3_000 }), input({ instrument: dear }))).toEqual([
      'MAX_ORDER_VALUE',
      'BELOW_MINIMUM',
    ])
  })

  it('names every cap that leaves too little', () => {
    const config = limited({ maxOrderUsd: 1, maxPositionUsd: 1 })
    expect(refused(config, input())).toEqual(['MAX_ORDER_VALUE', 'MAX_POSITION', 'BELOW_MINIMUM'])
  })

  it('caps nothing by a limit that is not set: refusing is the gate’s part', () => {
    const config = limited({
      maxOrderUsd: null,
      maxPositionUsd: null,
      maxGrossExposureRatio: null,
      freeMarginRatio: null,
      maxLeverage: null,
    })
    expect(sized(config, input()).quantity.toString()).toBe('0.083')
  })
})

describe('leverage', () => {
  it('is lowered until our own liquidation is far enough', () => {
    // Liquidation at L: (50,000 − 50,000/L) / 0.996. 2 × 3,000 away wants L = 8 (6,074.3); at 9 it is 5,377.1.
    const config = limited({ liquidationDistanceRatio: 2 })
    const result = sized(config, input({ stop: 47_000 }))
    expect(result.leverage).toBe(8)
    expect(result.notes).toContain('LEVERAGE_LOWERED')
  })

  it('stays as configured where it can', () => {
    expect(sized(limited({ liquidationDistanceRatio: 2 }), input()).leverage).toBe(10)
    expect(sized(limited({ liquidationDistanceRatio: 2, maxLeverage: 4.5 }), input()).leverage).toBe(4)
  })

  it('is what the venue allows at the value that the order may reach', () => {
    // 0.999 × 50,000 lies in the bracket of 125x, 0.999 × 50,250 in that of 50x.
    const config = limited({ maxOrderQuantity: 0.999, priceCollarPct: 0.5 })
    const high = { ...config, exchange: { ...config.exchange, leverage: 60 } }
    expect(sized(high, input({ equity: 200_000, freeMargin: 200_000 })).leverage).toBe(50)
    const lower = limited({ maxOrderQuantity: 0.995, priceCollarPct: 0.5 })
    const wanted = { ...lower, exchange: { ...config.exchange, leverage: 60 } }
    expect(sized(wanted, input({ equity: 200_000, freeMargin: 200_000 })).leverage).toBe(60)
  })

  it('refuses when not even 1x is enough', () => {
    // A SHORT at 1x is liquidated at 100,000 / 1.004 = 99,601.6, less than twice 30,000 away.
    expect(refused(limited({ liquidationDistanceRatio: 2 }), short({ stop: 80_000 }))).toEqual(['OWN_LIQUIDATION'])
  })

  it('assumes a funding rate against us where none is known, and says so', () => {
    const result = sized(standard, short({ fundingRate: Number.NaN }))
    expect(result.fundingRate).toBe(-0.0001)
    expect(result.notes).toContain('FUNDING_ASSUMED')
  })
})

describe('what cannot be reckoned with', () => {
  const strange: readonly [keyof SizeInput, number][] = [
    ['entry', Number.NaN],
    ['entry', 0],
    ['stop', Number.POSITIVE_INFINITY],
    ['stop', 0],
    ['mark', Number.NaN],
    ['mark', 0],
    ['mark', Number.POSITIVE_INFINITY],
    ['time', Number.NaN],
    ['equity', Number.NaN],
    ['freeMargin', Number.NaN],
    ['halfSpreadRatio', Number.NaN],
    ['halfSpreadRatio', -0.001],
    ['depthQuantity', Number.NaN],
    ['strength', Number.NaN],
    ['strength', 1.01],
    ['atr', Number.POSITIVE_INFINITY],
    ['fundingRate', Number.NEGATIVE_INFINITY],
    ['positionNotional', Number.NaN],
    ['workingBuyNotional', Number.NaN],
    ['workingSellNotional', -1],
    ['grossNotional', Number.NaN],
    ['correlatedRisk', Number.NaN],
  ]

  it.each(strange)('refuses %s %d', (key, value) => {
    expect(refused(standard, input({ [key]: value }))).toEqual(['BAD_MARKET_DATA'])
  })

  it('takes the ends of a range for what they are', () => {
    expect(sized(standard, input({ strength: 0 })).multipliers.strength).toBe(0.75)
    expect(sized(standard, input({ strength: 1, halfSpreadRatio: 0 })).multipliers.strength).toBe(1)
  })

  it('refuses a stop at or beyond the entry', () => {
    expect(refused(standard, input({ stop: 50_000 }))).toEqual(['BAD_GEOMETRY'])
    expect(refused(standard, short({ stop: 49_999 }))).toEqual(['BAD_GEOMETRY'])
  })

  it('refuses without equity', () => {
    expect(refused(standard, input({ equity: 0 }))).toEqual(['NO_CAPITAL'])
  })
})
