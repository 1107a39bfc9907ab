import { describe, expect, it } from 'vitest'
import type { OrderRequest } from '../../../../src/domain/order.ts'
import { price, quantity } from '../../../../src/domain/unit.ts'
import type { EntryRequest } from '../../../../src/risk/context.ts'
import { BTC, instrumentAt, refusedFor, request, wide } from '../scene.ts'

const { price: _price, ...unpriced } = request().order

const badOrders: readonly [string, Partial<OrderRequest>][] = [
  ['reduce-only', { reduceOnly: true }],
  ['of another leg', { leg: 'exit' }],
  ['a market order', { type: 'market' }],
  ['with a trigger', { triggerPrice: price('50000') }],
  ['on the wrong side', { side: 'sell' }],
  ['of quantity zero', { quantity: quantity('0') }],
  ['of negative quantity', { quantity: quantity('-0.1') }],
  ['of quantity NaN', { quantity: quantity('NaN') }],
  ['of infinite quantity', { quantity: quantity('Infinity') }],
  ['between two lots', { quantity: quantity('0.1005') }],
  ['between two ticks', { price: price('50000.05') }],
  ['at price NaN', { price: price('NaN') }],
  ['at price zero', { price: price('0') }],
  ['for an instrument that is not on the list', { instrument: instrumentAt(2, 'SOLUSDT') }],
  ['for an instrument that has another’s place', { instrument: instrumentAt(0, 'SOLUSDT') }],
]

const badRequests: readonly [string, Partial<EntryRequest>][] = [
  ['without a limit price', { order: unpriced }],
  ['with leverage NaN', { leverage: Number.NaN }],
  ['with infinite leverage', { leverage: Number.POSITIVE_INFINITY }],
  ['with a leverage below one', { leverage: 0 }],
  ['with a broken leverage', { leverage: 2.5 }],
  ['with entry NaN', { entry: Number.NaN }],
  ['with stop NaN', { stop: Number.NaN }],
  ['with stop zero', { stop: 0 }],
  ['with its stop at the entry', { stop: 50_000 }],
  ['with its stop beyond the entry', { stop: 50_500 }],
  ['with funding NaN', { fundingRate: Number.NaN }],
  ['of no signal', { signalId: '' }],
]

describe('order shape', () => {
  it('passes a sound order', () => {
    expect(refusedFor(wide(), request())).toEqual([])
    expect(refusedFor(wide(), request({ direction: 'SHORT', stop: 50_500 }, { side: 'sell' }))).toEqual([])
  })

  it.each(badOrders)('refuses an order %s', (_name, overrides) => {
    expect(refusedFor(wide(), request({}, overrides))).toContain('BAD_ORDER')
  })

  it.each(badRequests)('refuses a request %s', (_name, overrides) => {
    expect(refusedFor(wide(), request(overrides))).toEqual(['BAD_ORDER'])
  })

  it('refuses a SHORT from a price of zero', () => {
    expect(refusedFor(wide(), request({ direction: 'SHORT', entry: 0, stop: 50_500 }, { side: 'sell' }))).toEqual([
      'BAD_ORDER',
    ])
  })

  it('keeps to the minimum quantity and value', () => {
    const instrument = { ...BTC, minQuantity: quantity('0.002'), minNotional: quantity('150') }
    expect(refusedFor(wide(), request({}, { instrument, quantity: quantity('0.003') }))).toEqual([])
    // 0.002 is enough of a quantity, but only 100 of value.
    expect(refusedFor(wide(), request({}, { instrument, quantity: quantity('0.002') }))).toEqual(['BAD_ORDER'])
    const cheap = { ...instrument, minNotional: quantity('5') }
    expect(refusedFor(wide(), request({}, { instrument: cheap, quantity: quantity('0.002') }))).toEqual([])
    expect(refusedFor(wide(), request({}, { instrument: cheap, quantity: quantity('0.001') }))).toEqual(['BAD_ORDER'])
  })
})
