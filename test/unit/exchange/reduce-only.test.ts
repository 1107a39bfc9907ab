import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { drain, lines, onTicks, order, stop, T0, target, tick } from './fixture.ts'

const market = () =>
  onTicks([tick(0, 50_000), tick(10_000, 50_000), tick(20_000, 51_000), tick(30_000, 49_000), tick(40_000, 49_000)])
const short = (all: readonly string[]): string[] => all.map((line) => line.split(' fee')[0]!)

describe('a reduce-only order', () => {
  it('fills up to the position and loses its rest', () => {
    const exchange = market()
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(order('x1', { side: 'sell', quantity: '0.3', reduceOnly: true }), epochMs(T0 + 100))
    expect(short(lines(drain(exchange)).slice(2))).toEqual([
      '150 order_accepted x1',
      '150 order_filled x1 sell 0.1 @ 50000',
      '150 order_canceled x1 reduce_only',
    ])
    expect(exchange.snapshot(epochMs(T0)).positions).toEqual([])
  })

  it('is rejected without a position and on the position’s own side', () => {
    const exchange = market()
    exchange.submit(target('p1', 51_000), epochMs(T0))
    exchange.submit(order('e1'), epochMs(T0 + 100))
    exchange.submit(order('x1', { side: 'buy', reduceOnly: true }), epochMs(T0 + 200))
    expect(lines(drain(exchange)).filter((line) => line.includes('rejected'))).toEqual([
      '50 order_rejected p1 REDUCE_ONLY',
      '250 order_rejected x1 REDUCE_ONLY',
    ])
  })

  it('goes when another order closes the position', () => {
    const exchange = market()
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 49_500), epochMs(T0 + 100))
    exchange.submit(target('p1', 50_500), epochMs(T0 + 100))
    // from 11,000 to 20,000 the price rises by 1,000; 50,500.1 after 4,500.9 ms
    expect(short(lines(drain(exchange)).slice(4))).toEqual([
      '15501 order_filled p1 sell 0.1 @ 50500',
      '15501 order_canceled s1 position_closed',
    ])
  })

  it('stays while a part of the position is left, clipped to it', () => {
    const exchange = market()
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 49_500), epochMs(T0 + 100))
    exchange.submit(target('p1', 50_500, { quantity: '0.06' }), epochMs(T0 + 100))
    expect(short(lines(drain(exchange)).slice(4))).toEqual([
      '15501 order_filled p1 sell 0.06 @ 50500',
      expect.stringMatching(/^\d+ order_triggered s1$/),
      expect.stringMatching(/^\d+ order_filled s1 sell 0.04 @ /),
      expect.stringMatching(/^\d+ order_canceled s1 reduce_only$/),
    ])
  })

  it('goes when the position turns to the other side', () => {
    const exchange = market()
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 49_500), epochMs(T0 + 100))
    exchange.submit(order('e2', { side: 'sell', quantity: '0.15' }), epochMs(T0 + 200))
    expect(lines(drain(exchange)).at(-1)).toBe('250 order_canceled s1 reduce_only')
    expect(exchange.snapshot(epochMs(T0)).positions[0]).toMatchObject({ direction: 'SHORT' })
  })

  it('arriving after the position has gone is rejected', () => {
    const exchange = market()
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(order('x1', { side: 'sell', reduceOnly: true }), epochMs(T0 + 100))
    exchange.submit(stop('s1', 49_500), epochMs(T0 + 101))
    expect(lines(drain(exchange)).at(-1)).toBe('151 order_rejected s1 REDUCE_ONLY')
  })
})
