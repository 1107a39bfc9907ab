import { describe, expect, it } from 'vitest'
import { price, quantity } from '../../../src/domain/unit.ts'
import { createEntryHistory } from '../../../src/risk/entry-history.ts'
import { createGate } from '../../../src/risk/gate.ts'
import type { Latch, LatchCode } from '../../../src/risk/latch.ts'
import { createIdMemory } from '../../../src/domain/id-memory.ts'
import { BTC, configWith, context, ETH, NOON, order, position, refusedFor, request } from './scene.ts'

const codes: readonly LatchCode[] = ['KILL', 'DAILY_LOSS', 'MAX_DRAWDOWN', 'ENTRY_RATE', 'ENTRIES_STOPPED']
const latches: readonly Latch[] = codes.map((code) => ({ code, symbol: null, since: NOON, reason: 'set', until: null }))

describe('approveEntry', () => {
  it('approves the very order it was asked about', () => {
    const asked = request()
    const result = createGate(configWith(), [BTC, ETH]).approveEntry(asked, context())
    expect(result.kind).toBe('approved')
    expect(result.kind === 'approved' && result.order).toBe(asked.order)
  })

  it('tells every reason, in a fixed order', () => {
    const entries = createEntryHistory(Array.from({ length: 6 }, () => ({ instrumentIndex: 0, time: NOON })))
    const account = context({
      latches: [latches[0]!, latches[4]!],
      signals: createIdMemory({ ids: ['signal-1'], count: 1 }),
      entries,
      markTime: Float64Array.of(NOON - 60_000, NOON),
      mark: Float64Array.of(51_000, 2_000),
      equity: 8_000,
      freeMargin: 100,
      openTrades: 3,
      positionNotional: Float64Array.of(20_000, 0),
    })
    const greedy = request({ leverage: 11, stop: 40_000 }, { quantity: quantity('1000.001') })
    expect(refusedFor(configWith(), greedy, account)).toEqual([
      'KILL_LATCH',
      'ENTRIES_STOPPED',
      'DUPLICATE_SIGNAL',
      'ENTRY_RATE',
      'PRICE_STALE',
      'PRICE_COLLAR',
      'DAILY_LOSS',
      'MAX_DRAWDOWN',
      'MAX_ORDER_QUANTITY',
      'MAX_ORDER_VALUE',
      'MAX_POSITION',
      'MAX_OPEN_TRADES',
      'MAX_GROSS_EXPOSURE',
      'MAX_LEVERAGE',
      'FREE_MARGIN',
      'OWN_LIQUIDATION',
    ])
  })

  it('names the key of every limit that is not configured', () => {
    const unset = configWith({
      risk: {
        maxOrderUsd: null,
        maxOrderRatio: null,
        maxPositionUsd: null,
        maxPositionRatio: null,
        maxOpenTrades: null,
        maxGrossExposureRatio: null,
        maxLeverage: null,
        freeMarginRatio: null,
        liquidationDistanceRatio: null,
        maxDailyLossPct: null,
        maxDrawdownPct: null,
        priceCollarPct: null,
        entriesPerHour: null,
      },
    })
    const result = createGate(unset, [BTC, ETH]).approveEntry(request(), context())
    const keys = result.kind === 'refused' ? result.refusals.map((r) => [r.code, r.figures['key']]) : []
    expect(keys).toEqual(
      [
        'risk.entries_per_hour',
        'risk.price_collar_pct',
        'risk.max_daily_loss_pct',
        'risk.max_drawdown_pct',
        'risk.max_order_usd,risk.max_order_ratio',
        'risk.max_position_usd,risk.max_position_ratio',
        'risk.max_open_trades',
        'risk.max_gross_exposure_ratio',
        'risk.max_leverage',
        'risk.free_margin_ratio',
        'risk.liquidation_distance_ratio',
      ].map((key) => ['LIMIT_NOT_CONFIGURED', key]),
    )
  })

  it('says with what figures it refuses', () => {
    const config = configWith({ risk: { maxOrderQuantity: 0.2, maxOrderUsd: 7_000 } })
    const account = context({ mark: Float64Array.of(49_000, 2_000), freeMargin: 1_500 })
    const result = createGate(config, [BTC, ETH]).approveEntry(request({}, { quantity: quantity('0.25') }), account)
    expect(result.kind === 'refused' && result.refusals.map((r) => r.message)).toEqual([
      'price 2.041 % from the mark 49000, limit 0.5 %',
      'order quantity 0.25, limit 0.2',
      'order value 12500.00, limit 7000.00',
      'order margin 2500.00, available 500.00',
    ])
  })

  it('says of a broken figure what is broken, beside what does not depend on figures', () => {
    const account = context({ equity: Number.NaN, latches: [latches[0]!] })
    expect(refusedFor(configWith(), request({ stop: Number.NaN }), account)).toEqual([
      'KILL_LATCH',
      'BAD_MARKET_DATA',
      'BAD_ORDER',
    ])
  })

  it('keeps nothing of one request for the next', () => {
    const gate = createGate(configWith(), [BTC, ETH])
    expect(gate.approveEntry(request({}, { quantity: quantity('1') }), context()).kind).toBe('refused')
    expect(gate.approveEntry(request(), context()).kind).toBe('approved')
  })
})

describe('approveProtective', () => {
  const gate = createGate(configWith({ risk: { maxOrderUsd: null, maxOrderRatio: null, maxLeverage: null } }), [
    BTC,
    ETH,
  ])

  it('is not even told of limits, latches and throttles', () => {
    const exit = order({ side: 'sell', type: 'market', reduceOnly: true, quantity: quantity('1000') }, 'exit')
    const { price: _unused, ...market } = exit
    const held = position('1000')
    // The same gate refuses a hundredth of that as an entry, with every latch set.
    expect(gate.approveEntry(request({}, { quantity: quantity('10') }), context({ latches })).kind).toBe('refused')
    const result = gate.approveProtective(market, held)
    expect(result.kind === 'approved' && result.order).toBe(market)
  })

  it('refuses what would increase', () => {
    const target = order({ side: 'buy', price: price('51000'), reduceOnly: true }, 'target')
    const result = gate.approveProtective(target, position('0.1'))
    expect(result.kind === 'refused' && result.refusals.map((r) => r.code)).toEqual(['WOULD_INCREASE'])
  })
})
