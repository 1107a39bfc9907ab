import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { Dec, isMultipleOf } from '../../../src/domain/decimal.ts'
import { price } from '../../../src/domain/unit.ts'
import { worstGross } from '../../../src/risk/exposure.ts'
import { createGate } from '../../../src/risk/gate.ts'
import { createSizer } from '../../../src/risk/sizing.ts'
import type { SizeInput } from '../../../src/risk/size-input.ts'
import { BTC, configWith, context, ETH, NOON, request } from '../../unit/risk/scene.ts'

/** Evenly spread, where `fc.double` would crowd around zero and most cases would end below the minimum. */
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1_000_000 }).map((n) => min + ((max - min) * n) / 1_000_000)
const share = (max: number) => between(0, max)
const seldom = (max: number) => fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, share(max))

const setting = fc.record({
  maxOrderUsd: fc.option(between(1, 50_000), { freq: 2 }),
  maxOrderRatio: between(0.01, 2),
  maxPositionRatio: between(0.01, 2),
  maxOrderQuantity: fc.option(between(0.001, 5), { freq: 2 }),
  maxGrossExposureRatio: between(0.5, 5),
  freeMarginRatio: share(0.3),
  maxLeverage: fc.integer({ min: 1, max: 125 }),
  leverage: fc.integer({ min: 1, max: 125 }),
  riskPerTradePct: between(0.01, 10),
  orderType: fc.constantFrom('ioc' as const, 'limit' as const),
  marginMode: fc.constantFrom('isolated' as const, 'cross' as const),
})

const market = fc.record({
  direction: fc.constantFrom('LONG' as const, 'SHORT' as const),
  /** In tenths: a tick. */
  entryTicks: fc.integer({ min: 100_000, max: 1_000_000 }),
  stopRatio: between(0.0005, 0.1),
  markRatio: between(-0.004, 0.004),
  atrRatio: share(0.05),
  totalUsd: fc.option(between(1e8, 1e10)),
  ratio: between(0.3, 3),
  strength: share(1),
  halfSpreadRatio: share(0.001),
  fundingRate: between(-0.01, 0.01),
  depthQuantity: fc.option(share(3), { freq: 2 }),
  equity: between(1_000, 300_000),
  freeRatio: between(0.2, 1),
  positionRatio: fc.oneof(fc.constant(0), between(-1, 1)),
  buysRatio: seldom(0.5),
  sellsRatio: seldom(0.5),
  othersRatio: share(1.5),
  correlatedRatio: share(0.011),
})

describe('a size', () => {
  test.prop([setting, market], { numRuns: 1_000 })('passes no cap, never its risk, and the gate agrees', (set, m) => {
    const { riskPerTradePct, leverage, marginMode, orderType, ...risk } = set
    const config = configWith({
      risk,
      sizing: { riskPerTradePct, maxRiskPerTradePct: 10 },
      exchange: { leverage, marginMode },
      entry: { orderType },
    })
    const long = m.direction === 'LONG'
    const entry = m.entryTicks / 10
    const stop = entry * (1 + (long ? -m.stopRatio : m.stopRatio))
    const mark = entry * (1 + m.markRatio)
    const account = context({
      equity: m.equity,
      dayStartEquity: m.equity,
      highWaterEquity: m.equity,
      freeMargin: m.equity * m.freeRatio,
      mark: Float64Array.of(mark, 2_000),
      positionNotional: Float64Array.of(m.equity * m.positionRatio, m.equity * m.othersRatio),
      workingBuyNotional: Float64Array.of(m.equity * m.buysRatio, 0),
      workingSellNotional: Float64Array.of(m.equity * m.sellsRatio, 0),
    })
    const position = account.positionNotional[0]!
    const buys = account.workingBuyNotional[0]!
    const sells = account.workingSellNotional[0]!
    const input: SizeInput = {
      time: NOON,
      instrument: BTC,
      direction: m.direction,
      entry,
      stop,
      mark,
      atr: entry * m.atrRatio,
      strength: m.strength,
      openInterest: {
        asOf: NOON,
        totalUsd: m.totalUsd,
        longUsd: null,
        shortUsd: null,
        ratio: m.ratio,
        ratioKind: 'account',
      },
      halfSpreadRatio: m.halfSpreadRatio,
      depthQuantity: m.depthQuantity,
      fundingRate: m.fundingRate,
      equity: m.equity,
      freeMargin: account.freeMargin,
      positionNotional: position,
      workingBuyNotional: buys,
      workingSellNotional: sells,
      grossNotional: worstGross(account.positionNotional, account.workingBuyNotional, account.workingSellNotional),
      correlatedRisk: m.equity * m.correlatedRatio,
    }
    const result = createSizer(config)(input)
    if (result.kind === 'refused') {
      expect(result.refusals.length).toBeGreaterThan(0)
      return
    }
    const units = result.quantity.toNumber()
    expect(isMultipleOf(result.quantity, BTC.lotSize)).toBe(true)
    expect(result.riskAmount).toBeLessThanOrEqual(m.equity * 0.1 * (1 + 1e-12))
    expect(result.lossAtStop).toBeLessThanOrEqual(result.riskAmount * (1 + 1e-9))
    if (m.depthQuantity !== null) expect(units).toBeLessThanOrEqual(m.depthQuantity)
    expect(units * (Math.abs(entry - stop) + stop * 0.1)).toBeLessThanOrEqual(m.equity * 0.03 * (1 + 1e-9))
    expect(result.lossAtStop + input.correlatedRisk).toBeLessThanOrEqual(m.equity * 0.01 * (1 + 1e-9))

    const collar = orderType === 'limit' ? entry : mark * (long ? 1.005 : 0.995)
    const ticks = long ? Math.floor(collar / 0.1 + 1e-9) : Math.ceil(collar / 0.1 - 1e-9)
    const asked = request(
      { direction: m.direction, entry, stop, leverage: result.leverage, fundingRate: result.fundingRate },
      { side: long ? 'buy' : 'sell', quantity: result.quantity, price: price(new Dec(ticks).times('0.1')) },
    )
    expect(createGate(config, [BTC, ETH]).approveEntry(asked, account)).toEqual({
      kind: 'approved',
      order: asked.order,
    })
  })
})
