import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { drain, lines, MINUTE, onBars, onTicks, order, T0, tick, type Bar } from './fixture.ts'

const BARS: readonly Bar[] = [
  [50_000, 50_100, 49_900, 50_050],
  [50_060, 50_200, 50_000, 50_150],
]

describe('a market order', () => {
  it('sent at a bar’s close meets the next bar’s open, one latency later', () => {
    const exchange = onBars(BARS)
    const events = drain(exchange, (event) => {
      if (event.kind === 'bar' && event.openTime === T0) exchange.submit(order('e1'), event.time)
    })
    // 0.1 × 50,060 × 5 bp = 2.503
    expect(lines(events)).toEqual([
      '300050 order_accepted e1',
      '300050 order_filled e1 buy 0.1 @ 50060 fee 2.503 taker done',
    ])
    expect(exchange.ledger.wallet.toString()).toBe('9997.497')
  })

  it('pays half the spread and the square root of its share of a minute’s volume, rounded against it', () => {
    const priceOf = (side: 'buy' | 'sell', cascade: boolean): string => {
      const market = { minuteVolatility: 0.001, minuteVolume: 40, cascade }
      const exchange = onTicks([tick(0, 50_000, market), tick(1_000, 50_000, market)], {
        halfSpreadBp: { default: 0.51 },
        impact: true,
        leverage: 20,
      })
      exchange.submit(order('e1', { side, quantity: 1 }), epochMs(T0))
      return lines(drain(exchange))[1]!.split(' ')[6]!
    }
    // half spread 2.55; 50,000 × 0.001 × √(1 / 40) = 7.9057; together 10.4557
    expect([priceOf('buy', false), priceOf('sell', false)]).toEqual(['50010.5', '49989.5'])
    // × 5 while forced orders dominate: 52.2785
    expect([priceOf('buy', true), priceOf('sell', true)]).toEqual(['50052.3', '49947.7'])
  })

  it('ignores impact where volatility or volume is unknown', () => {
    const exchange = onTicks([tick(0, 50_000, { minuteVolume: 10 }), tick(1_000, 50_000)], {
      impact: true,
      halfSpreadBp: { BTCUSDT: 1 },
    })
    exchange.submit(order('e1'), epochMs(T0))
    expect(lines(drain(exchange))[1]).toContain('@ 50005 ')
  })

  it('takes the observed book where it is wider than the assumed spread, and the assumed one where it is not', () => {
    const wide = onTicks([tick(0, 50_000, { bid: 49_990, ask: 50_012 }), tick(9_000, 50_000)], {
      halfSpreadBp: { default: 1 },
    })
    wide.submit(order('e1'), epochMs(T0))
    expect(lines(drain(wide))[1]).toContain('@ 50012 ')
    const tight = onTicks([tick(0, 50_000, { bid: 49_999.9, ask: 50_000 }), tick(9_000, 50_000)], {
      halfSpreadBp: { default: 1 },
    })
    tight.submit(order('e1'), epochMs(T0))
    expect(lines(drain(tight))[1]).toContain('@ 50005 ')
  })

  it('meets the path between two points: held for half the way or a second, then a straight line', () => {
    const at = (sent: number): string => {
      const exchange = onTicks([tick(0, 50_000), tick(11_000, 51_000)])
      exchange.submit(order('e1'), epochMs(T0 + sent))
      return lines(drain(exchange))[1]!
    }
    expect(at(950)).toContain('@ 50000 ')
    expect(at(5_950)).toContain('@ 50500 ')
    expect(at(20_000)).toContain('@ 51000 ')
    const jump = onTicks([tick(0, 50_000), tick(11_000, 51_000, { jump: true })])
    jump.submit(order('e1'), epochMs(T0 + 10_949))
    expect(lines(drain(jump))[1]).toContain('@ 50000 ')
  })

  it('is refused before the first price', () => {
    const exchange = onTicks([tick(1_000, 50_000)])
    exchange.submit(order('e1'), epochMs(T0))
    expect(lines(drain(exchange))).toEqual(['50 order_rejected e1 NO_PRICE'])
  })

  it('arriving at the very time of a bar’s open meets the open', () => {
    const exchange = onBars(BARS, { latencyMs: 0 })
    const events = drain(exchange, (event) => {
      if (event.kind === 'bar' && event.openTime === T0) exchange.submit(order('e1'), event.time)
    })
    expect(lines(events)[1]).toBe(`${5 * MINUTE} order_filled e1 buy 0.1 @ 50060 fee 2.503 taker done`)
  })
})

describe('an IOC limit', () => {
  const at = (limit: number): string[] => {
    const exchange = onTicks([tick(0, 50_000), tick(1_000, 50_000)], { halfSpreadBp: { default: 1 } })
    exchange.submit(order('e1', { type: 'limit', timeInForce: 'IOC', price: limit }), epochMs(T0))
    return lines(drain(exchange))
  }
  it('fills up to its collar', () => {
    expect(at(50_005)).toEqual(['50 order_accepted e1', '50 order_filled e1 buy 0.1 @ 50005 fee 2.50025 taker done'])
  })
  it('expires unfilled one tick beyond it', () => {
    expect(at(50_004.9)).toEqual(['50 order_accepted e1', '50 order_expired e1 ioc'])
  })
})

describe('a post-only limit', () => {
  const at = (limit: number): string[] => {
    const exchange = onTicks([tick(0, 50_000), tick(1_000, 50_000)], { halfSpreadBp: { default: 1 } })
    exchange.submit(order('e1', { type: 'limit', timeInForce: 'GTX', price: limit }), epochMs(T0))
    return lines(drain(exchange))
  }
  it('is rejected at the best offer and rests below it', () => {
    expect(at(50_005)).toEqual(['50 order_rejected e1 POST_ONLY'])
    expect(at(50_004.9)).toEqual(['50 order_accepted e1'])
  })
})
