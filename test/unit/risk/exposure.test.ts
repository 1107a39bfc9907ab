import { describe, expect, it } from 'vitest'
import type { OrderEvent } from '../../../src/domain/event.ts'
import type { OrderRequest } from '../../../src/domain/order.ts'
import { money, price, quantity } from '../../../src/domain/unit.ts'
import { createExposureBook, roomFor, worstGross, worstNotional } from '../../../src/risk/exposure.ts'
import { ETH, NOON, order } from './scene.ts'

const common = (of: OrderRequest) => ({
  time: NOON,
  venueTime: NOON,
  instrument: of.instrument,
  clientOrderId: of.clientOrderId,
})
const fill = (of: OrderRequest, units: string, cumulative: string, done = false): OrderEvent => ({
  ...common(of),
  kind: 'order_filled',
  tradeId: `${of.clientOrderId}-${cumulative}`,
  side: of.side,
  price: price('50000'),
  quantity: quantity(units),
  fee: money(0),
  liquidity: 'taker',
  cumulative: quantity(cumulative),
  done,
})

describe('exposure book', () => {
  it('counts an order from its approval, by side and instrument, with its margin', () => {
    const book = createExposureBook(2)
    book.reserve(order(), 50_000, 5)
    book.reserve(order({ side: 'sell', quantity: quantity('0.2') }), 50_000, 10)
    book.reserve(order({ instrument: ETH, quantity: quantity('1') }), 2_000, 2)
    expect([...book.workingBuyNotional]).toEqual([5_000, 2_000])
    expect([...book.workingSellNotional]).toEqual([10_000, 0])
    expect(book.workingMargin).toBe(3_000)
    expect(book.working).toBe(3)
  })

  it('goes on counting while an order is accepted or its fate is unknown', () => {
    const book = createExposureBook(1)
    const of = order()
    book.reserve(of, 50_000, 5)
    book.apply({ ...common(of), kind: 'order_unknown', message: 'timeout' })
    book.apply({ ...common(of), kind: 'order_accepted' })
    expect(book.workingBuyNotional[0]).toBe(5_000)
  })

  it.each<[string, (of: OrderRequest) => OrderEvent]>([
    ['rejected', (of) => ({ ...common(of), kind: 'order_rejected', code: 'x', message: '' })],
    ['canceled', (of) => ({ ...common(of), kind: 'order_canceled', reason: 'requested' })],
    ['expired', (of) => ({ ...common(of), kind: 'order_expired', reason: 'ioc' })],
    ['filled', (of) => fill(of, '0.1', '0.1', true)],
  ])('lets an order go that is %s', (_name, end) => {
    const book = createExposureBook(1)
    const of = order()
    book.reserve(of, 50_000, 5)
    book.apply(end(of))
    expect([book.workingBuyNotional[0], book.workingMargin, book.working]).toEqual([0, 0, 0])
  })

  it('counts the rest of a partly filled order', () => {
    const book = createExposureBook(1)
    const of = order()
    book.reserve(of, 50_000, 5)
    book.apply(fill(of, '0.03', '0.03'))
    expect(book.workingBuyNotional[0]).toBeCloseTo(3_500, 9)
    book.apply(fill(of, '0.03', '0.06'))
    book.apply(fill(of, '0.04', '0.1'))
    expect([book.workingBuyNotional[0], book.working]).toEqual([0, 0])
  })

  it('goes on counting fills that the venue reports as made but that have not come', () => {
    const book = createExposureBook(1)
    const of = order()
    book.reserve(of, 50_000, 5)
    // Done at 0.08 of 0.1, of which we have seen 0.05.
    book.apply(fill(of, '0.05', '0.08', true))
    expect(book.workingBuyNotional[0]).toBeCloseTo(1_500, 9)
    book.apply(fill(of, '0.03', '0.03'))
    expect(book.working).toBe(0)
  })

  it('ignores orders it never reserved', () => {
    const book = createExposureBook(1)
    book.apply(fill(order(), '0.1', '0.1', true))
    book.release(order().clientOrderId)
    expect(book.working).toBe(0)
  })

  it('lets reconciliation release an order', () => {
    const book = createExposureBook(1)
    const of = order()
    book.reserve(of, 50_000, 5)
    book.release(of.clientOrderId)
    expect(book.workingBuyNotional[0]).toBe(0)
  })

  it('throws on what must not be reserved', () => {
    const book = createExposureBook(1)
    const of = order()
    book.reserve(of, 50_000, 5)
    expect(() => book.reserve(of, 50_000, 5)).toThrow('reserved already')
    expect(() => book.reserve(order({ reduceOnly: true }), 50_000, 5)).toThrow('reduces')
    expect(() => book.reserve(order(), Number.NaN, 5)).toThrow('nothing to reserve')
    expect(() => book.reserve(order(), 0, 5)).toThrow('nothing to reserve')
    expect(() => book.reserve(order(), 50_000, 0)).toThrow('nothing to reserve')
    expect(() => book.reserve(order({ quantity: quantity('0') }), 50_000, 5)).toThrow('nothing to reserve')
  })
})

describe('worst case', () => {
  it.each([
    [0, 0, 0, 0],
    [100, 50, 0, 150],
    [100, 50, 300, 200],
    [-100, 50, 20, 120],
    [-100, 500, 20, 400],
  ])('of position %d with buys %d and sells %d is %d', (position, buys, sells, expected) => {
    expect(worstNotional(position, buys, sells)).toBe(expected)
  })

  it('adds up over instruments', () => {
    expect(worstGross(Float64Array.of(100, -100), Float64Array.of(50, 0), Float64Array.of(0, 20))).toBe(270)
  })
})

describe('roomFor', () => {
  it.each([
    ['LONG', 0, 0, 0, 1_000],
    ['LONG', 300, 200, 0, 500],
    ['SHORT', 300, 200, 0, 1_300],
    ['SHORT', -300, 0, 200, 500],
    ['LONG', -300, 0, 0, 1_300],
    ['LONG', 1_000, 0, 0, 0],
    ['LONG', -900, 0, 101, Number.NEGATIVE_INFINITY],
    ['SHORT', 900, 101, 0, Number.NEGATIVE_INFINITY],
    ['SHORT', 900, 100, 0, 1_900],
    ['LONG', Number.NaN, 0, 0, Number.NEGATIVE_INFINITY],
  ] as const)(
    'of a %s at position %d, buys %d, sells %d under 1,000 is %d',
    (direction, position, buys, sells, expected) => {
      expect(roomFor(direction, position, buys, sells, 1_000)).toBe(expected)
    },
  )
})
