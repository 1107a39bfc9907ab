import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { account, drain, lines, onBars, onTicks, order, T0, tick, type Bar } from './fixture.ts'

const limit = (id: string, price: number, more = {}) => order(id, { type: 'limit', price, ...more })

describe('a resting limit', () => {
  it('fills when the path goes through it by exactly one tick, at its own price, as maker', () => {
    const exchange = onBars([[50_000, 50_000, 49_899.9, 50_000]])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    // open = high, so the high comes first and the low is reached at ⅔ of 5 minutes
    expect(lines(drain(exchange))).toEqual([
      '50 order_accepted l1',
      '200000 order_filled l1 buy 0.1 @ 49900 fee 0.998 maker done',
    ])
  })

  it('does not fill when the price only touches it', () => {
    const exchange = onBars([[50_000, 50_000, 49_900, 50_000]])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    expect(lines(drain(exchange))).toEqual(['50 order_accepted l1'])
  })

  it('mirrors for a seller, and is met on the way at the interpolated time', () => {
    const exchange = onBars([[50_000, 50_198.1, 49_000, 50_000]])
    exchange.submit(limit('l1', 50_099, { side: 'sell' }), epochMs(T0))
    // the high first: 198.1 in 99 s after 1 s of standing; 99.1 of it takes 49,525 ms
    expect(lines(drain(exchange))[1]).toBe(
      `${1_000 + Math.ceil((99_000 * 99.1) / 198.1)} order_filled l1 sell 0.1 @ 50099 fee 1.00198 maker done`,
    )
  })

  it('never fills better than its price after a gap, and not at the very time of the open', () => {
    const exchange = onBars([
      [50_000, 50_000, 50_000, 50_000],
      [49_000, 49_000, 48_000, 48_500],
    ])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    expect(lines(drain(exchange))[1]).toBe('300001 order_filled l1 buy 0.1 @ 49900 fee 0.998 maker done')
  })

  it('fills at most its share of the bar’s volume, and the rest in later bars', () => {
    // 2 % of 3.05 → 0.061 per bar
    const through: Bar = [50_000, 50_000, 49_000, 50_000, 3.05]
    const exchange = onBars([through, through, [50_000, 50_000, 49_900, 50_000, 100]])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    const filled = account(drain(exchange)).flatMap((event) => (event.kind === 'order_filled' ? [event] : []))
    expect(filled.map((event) => `${event.quantity} ${event.cumulative} ${event.done}`)).toEqual([
      '0.061 0.061 false',
      '0.039 0.1 true',
    ])
    expect(filled[1]!.time).toBeGreaterThan(T0 + 300_000)
  })

  it('shares that volume with the other limits of the bar', () => {
    const exchange = onBars([[50_000, 50_000, 49_000, 50_000, 6]])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    exchange.submit(limit('l2', 49_800), epochMs(T0))
    const filled = account(drain(exchange)).flatMap((event) =>
      event.kind === 'order_filled' ? [`${event.clientOrderId} ${event.quantity}`] : [],
    )
    expect(filled).toEqual(['l1 0.1', 'l2 0.02'])
  })

  it('goes on at the next open when the price is still beyond it', () => {
    const exchange = onBars([
      [50_000, 50_000, 49_000, 49_000, 3],
      [49_000, 49_000, 49_000, 49_000, 3],
    ])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    expect(lines(drain(exchange)).map((line) => line.split(' @')[0])).toEqual([
      '50 order_accepted l1',
      expect.stringMatching(/^\d+ order_filled l1 buy 0.06$/),
      '300001 order_filled l1 buy 0.04',
    ])
  })

  it('is capped by the minute’s volume on ticks', () => {
    const market = { minuteVolume: 2 }
    const exchange = onTicks([
      tick(0, 50_000, market),
      tick(1_000, 49_000, market),
      tick(59_000, 48_900, market),
      tick(60_000, 48_900, market),
      tick(61_000, 48_900, market),
    ])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    const filled = account(drain(exchange)).flatMap((event) =>
      event.kind === 'order_filled' ? [`${event.time - T0} ${event.quantity}`] : [],
    )
    expect(filled).toEqual(['551 0.04', '60000 0.04'])
  })

  it('is not capped where the volume is unknown', () => {
    const exchange = onTicks([tick(0, 50_000), tick(1_000, 49_000)])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    expect(lines(drain(exchange))[1]).toContain('buy 0.1 @ 49900')
  })

  it('better than the last price needs a trade below the one it arrived at', () => {
    const at = (low: number): string[] => {
      const exchange = onTicks([tick(0, 50_000), tick(1_000, low)], { halfSpreadBp: { default: 1 } })
      exchange.submit(limit('l1', 50_004, { timeInForce: 'GTX' }), epochMs(T0))
      return lines(drain(exchange)).slice(1)
    }
    expect(at(50_000)).toEqual([])
    expect(at(49_999.9)).toEqual(['1000 order_filled l1 buy 0.1 @ 50004 fee 1.00008 maker done'])
  })

  it('that crosses the market on arrival takes at the market', () => {
    const exchange = onTicks([tick(0, 50_000), tick(1_000, 50_000)], { halfSpreadBp: { default: 1 } })
    exchange.submit(limit('l1', 50_100), epochMs(T0))
    expect(lines(drain(exchange))[1]).toBe('50 order_filled l1 buy 0.1 @ 50005 fee 2.50025 taker done')
  })

  it('can be cancelled until it is filled; a late cancel says nothing', () => {
    const exchange = onTicks([tick(0, 50_000), tick(5_000, 50_000), tick(9_000, 49_000)])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    exchange.submit(limit('l2', 49_900), epochMs(T0))
    exchange.cancel(order('l1').clientOrderId, order('l1').instrument, epochMs(T0 + 2_000))
    exchange.cancel(order('l2').clientOrderId, order('l2').instrument, epochMs(T0 + 20_000))
    expect(lines(drain(exchange)).slice(2)).toEqual([
      '2050 order_canceled l1 requested',
      '6301 order_filled l2 buy 0.1 @ 49900 fee 0.998 maker done',
    ])
  })
})

describe('a query', () => {
  it('tells what became of an order, and proves the absence of one that never was', () => {
    const exchange = onTicks([tick(0, 50_000), tick(5_000, 50_000), tick(9_000, 49_000), tick(20_000, 49_000)])
    exchange.submit(limit('l1', 49_900), epochMs(T0))
    const ask = (id: string, ms: number): void =>
      exchange.query(order(id).clientOrderId, order(id).instrument, epochMs(T0 + ms))
    ask('l1', 100)
    ask('l1', 10_000)
    ask('l9', 10_000)
    expect(lines(drain(exchange)).map((line) => line.split(' @')[0])).toEqual([
      '50 order_accepted l1',
      '150 order_accepted l1',
      '6301 order_filled l1 buy 0.1',
      '10050 order_filled l1 buy 0.1',
      '10050 order_rejected l9 NEVER_ACCEPTED',
    ])
  })
})
