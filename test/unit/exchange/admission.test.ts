import { describe, expect, it } from 'vitest'
import { epochMs, price } from '../../../src/domain/unit.ts'
import type { ExchangeParameters } from '../../../src/exchange/parameters.ts'
import { drain, lines, onTicks, order, stop, T0, tick } from './fixture.ts'

/** What becomes of an order at 50,000. */
function answer(request: ReturnType<typeof order>, parameters: Partial<ExchangeParameters> = {}): string {
  const exchange = onTicks([tick(0, 50_000), tick(9_000, 50_000)], parameters)
  exchange.submit(request, epochMs(T0))
  return lines(drain(exchange))[0]!.split(' ').slice(1).join(' ')
}
const limit = (at: number, more = {}) => order('o', { type: 'limit', price: at, ...more })
const OK = 'order_accepted o'
const no = (code: string): string => `order_rejected o ${code}`

describe('an order is checked', () => {
  it('for its steps', () => {
    expect([answer(limit(49_000.1)), answer(limit(49_000.15))]).toEqual([OK, no('TICK_SIZE')])
    expect([answer(stop('o', 49_000.15)), answer(limit(0))]).toEqual([no('TICK_SIZE'), no('TICK_SIZE')])
    expect([answer(order('o', { quantity: '0.003' })), answer(order('o', { quantity: '0.0035' }))]).toEqual([
      OK,
      no('LOT_SIZE'),
    ])
    expect([answer(order('o', { quantity: '0.0009' })), answer(order('o', { quantity: 0 }))]).toEqual([
      no('MIN_QUANTITY'),
      no('MIN_QUANTITY'),
    ])
    expect(answer(order('o', { quantity: '1000.001' }))).toBe(no('MAX_QUANTITY'))
  })

  it('for its smallest notional, unless it only reduces', () => {
    // 100 USD: 0.002 × 50,000
    expect([answer(limit(50_000, { quantity: '0.002' })), answer(limit(49_999.9, { quantity: '0.002' }))]).toEqual([
      OK,
      no('MIN_NOTIONAL'),
    ])
    const exchange = onTicks([tick(0, 50_000), tick(9_000, 50_000)])
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 40_000, { quantity: '0.001' }), epochMs(T0 + 100))
    expect(lines(drain(exchange)).at(-1)).toBe('150 order_accepted s1')
  })

  it('for its form', () => {
    expect(answer(order('o', { type: 'limit' }))).toBe(no('BAD_ORDER'))
    expect(answer({ ...order('o'), price: price(50_000) })).toBe(no('BAD_ORDER'))
    expect(answer(order('o', { type: 'stop_market' }))).toBe(no('BAD_ORDER'))
    expect(answer({ ...limit(49_000), triggerPrice: price(50_000) })).toBe(no('BAD_ORDER'))
  })

  it('for margin: notional / leverage and the taker fee', () => {
    // 0.1 × 50,000 / 5 + 2.5 = 1,002.5
    expect([
      answer(order('o'), { startingBalance: 1_002.5 }),
      answer(order('o'), { startingBalance: 1_002.49 }),
    ]).toEqual([OK, no('INSUFFICIENT_MARGIN')])
  })

  it('for margin that resting orders have set aside', () => {
    const run = (balance: number): string => {
      const exchange = onTicks([tick(0, 50_000), tick(9_000, 50_000)], { startingBalance: balance })
      exchange.submit(limit(45_000), epochMs(T0)) // 900
      exchange.submit(order('e1'), epochMs(T0))
      return lines(drain(exchange))[1]!
    }
    expect([run(1_902.5), run(1_902.49)]).toEqual(['50 order_accepted e1', '50 order_rejected e1 INSUFFICIENT_MARGIN'])
  })

  it('but not for margin that it sets free', () => {
    const exchange = onTicks([tick(0, 50_000), tick(9_000, 50_000)], { startingBalance: 1_010 })
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(order('x1', { side: 'sell' }), epochMs(T0 + 100))
    expect(lines(drain(exchange)).filter((line) => line.includes('filled'))).toHaveLength(2)
  })

  it('for the leverage that its notional allows', () => {
    const rich = { startingBalance: 10_000_000, leverage: 125 }
    expect([answer(order('o', { quantity: 1 }), rich), answer(order('o', { quantity: '1.001' }), rich)]).toEqual([
      OK,
      no('MAX_LEVERAGE'),
    ])
  })

  it('for an id that is open; a rejected twin does not disturb the first', () => {
    const exchange = onTicks([tick(0, 50_000), tick(9_000, 48_000)])
    exchange.submit(limit(49_000), epochMs(T0))
    exchange.submit(limit(49_500), epochMs(T0 + 1))
    expect(lines(drain(exchange)).map((line) => line.split(' ').slice(1, 4).join(' '))).toEqual([
      'order_accepted o',
      'order_rejected o DUPLICATE_ID',
      'order_filled o buy',
    ])
  })
})

describe('leverage', () => {
  it('can be changed only while nothing is open', () => {
    const exchange = onTicks([tick(0, 50_000), tick(9_000, 50_000)], { startingBalance: 600 })
    const { instrument } = order('e1')
    expect(exchange.setLeverage(instrument, 10)).toBe(true)
    exchange.submit(order('e1'), epochMs(T0))
    expect(lines(drain(exchange))).toHaveLength(2)
    expect(exchange.setLeverage(instrument, 20)).toBe(false)
  })
})
