import { describe, expect, it } from 'vitest'
import type { Leg, OrderRequest } from '../../../src/domain/order.ts'
import type { PositionBook } from '../../../src/domain/portfolio.ts'
import { price, quantity } from '../../../src/domain/unit.ts'
import { compileSteps } from '../../../src/risk/order-precision.ts'
import { protectiveRefusals } from '../../../src/risk/protective.ts'
import { BTC, ETH, instrumentAt, order, position } from './scene.ts'

const steps = compileSteps([BTC, ETH])

function leg(kind: Leg, overrides: Partial<OrderRequest> = {}): OrderRequest {
  const { price: _price, ...bare } = order({ side: 'sell', reduceOnly: true }, kind)
  switch (kind) {
    case 'stop':
      return { ...bare, type: 'stop_market', triggerPrice: price('49500'), triggerBy: 'mark', ...overrides }
    case 'target':
      return { ...bare, type: 'limit', price: price('51000'), ...overrides }
    default:
      return { ...bare, type: 'market', ...overrides }
  }
}

const codes = (asked: OrderRequest, held: PositionBook = position('0.1')): readonly string[] =>
  protectiveRefusals(asked, held, steps)?.map((refused) => refused.code) ?? []

describe('protective orders', () => {
  it('pass as stop, target, take-profit and exit, for both directions', () => {
    for (const kind of ['stop', 'target', 'exit'] as const) {
      expect(codes(leg(kind))).toEqual([])
      expect(codes(leg(kind, { side: 'buy' }), position('-0.1'))).toEqual([])
    }
    const { price: _price, ...bare } = leg('target')
    expect(codes({ ...bare, type: 'take_profit_market', triggerPrice: price('51000') })).toEqual([])
    expect(codes(leg('exit', { type: 'limit', price: price('50000') }))).toEqual([])
  })

  it('pass up to the position and not one lot above it', () => {
    expect(codes(leg('stop', { quantity: quantity('0.1') }))).toEqual([])
    expect(codes(leg('stop', { quantity: quantity('0.101') }))).toEqual(['WOULD_INCREASE'])
    expect(codes(leg('stop', { quantity: quantity('0.05') }))).toEqual([])
  })

  it.each<[string, OrderRequest, PositionBook]>([
    ['on the side of the position', leg('stop', { side: 'buy' }), position('0.1')],
    ['on the side of a short', leg('stop'), position('-0.1')],
    ['that are not reduce-only', leg('stop', { reduceOnly: false }), position('0.1')],
    ['with no position', leg('stop'), position('0')],
    ['with a position that is no number', leg('stop'), position('NaN')],
    ['with a position without end', leg('stop'), position('Infinity')],
  ])('are refused %s', (_name, asked, held) => {
    expect(codes(asked, held)).toEqual(['WOULD_INCREASE'])
  })

  it.each<[string, OrderRequest]>([
    ['of quantity zero', leg('stop', { quantity: quantity('0') })],
    ['between two lots', leg('stop', { quantity: quantity('0.0505') })],
    ['with a trigger between two ticks', leg('stop', { triggerPrice: price('49500.05') })],
    ['with a trigger that is no number', leg('stop', { triggerPrice: price('NaN') })],
    ['with a price between two ticks', leg('target', { price: price('51000.01') })],
    ['with a negative price', leg('target', { price: price('-51000') })],
    ['as a stop without trigger', { ...leg('exit'), type: 'stop_market', leg: 'stop' }],
    ['as a stop with a limit price', leg('stop', { price: price('49000') })],
    ['as a take-profit without trigger', { ...leg('exit'), type: 'take_profit_market', leg: 'target' }],
    [
      'as a take-profit with a limit price',
      leg('target', { type: 'take_profit_market', triggerPrice: price('51000') }),
    ],
    ['as a take-profit that is called a stop', { ...leg('stop'), type: 'take_profit_market' }],
    ['as a target without price', { ...leg('exit'), type: 'limit', leg: 'target' }],
    ['as a market order with a price', leg('exit', { price: price('50000') })],
    ['as a stop order that is called an exit', leg('stop', { leg: 'exit' })],
    ['as a market order that is called a stop', leg('exit', { leg: 'stop' })],
    ['for an unknown instrument', leg('exit', { instrument: instrumentAt(5, 'SOLUSDT') })],
  ])('are refused %s', (_name, asked) => {
    expect(codes(asked)).toEqual(['BAD_ORDER'])
  })

  it('never pass a quantity that is no number', () => {
    expect(codes(leg('exit', { quantity: quantity('NaN') }))).toEqual(['BAD_ORDER', 'WOULD_INCREASE'])
    expect(codes(leg('exit', { quantity: quantity('Infinity') }))).toEqual(['BAD_ORDER', 'WOULD_INCREASE'])
  })

  it('are told everything that is wrong', () => {
    expect(codes(leg('stop', { side: 'buy', triggerPrice: price('0') }))).toEqual(['BAD_ORDER', 'WOULD_INCREASE'])
    expect(codes(leg('entry'))).toEqual(['BAD_ORDER', 'WOULD_INCREASE'])
  })
})
