import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import type { FundingSettlement } from '../../../src/exchange/tape.ts'
import { BTC, drain, lines, onBars, onTicks, order, T0, target, tick } from './fixture.ts'

const settlement = (ms: number, rate: number, mark = 50_000): FundingSettlement => ({
  kind: 'funding',
  time: epochMs(T0 + ms),
  instrument: BTC,
  rate,
  mark,
})
const settled = (events: readonly string[]): string[] => events.filter((line) => line.includes('funding_paid'))

/** Opens at the arrival time `open`, closes at `close`; one settlement at 60,000. */
function held(
  open: number,
  close: number | null,
  side: 'buy' | 'sell' = 'buy',
  rate = 0.0001,
): { paid: string[]; funding: string } {
  const exchange = onTicks([tick(0, 50_000), tick(60_000, 50_000), settlement(60_000, rate), tick(120_000, 50_000)])
  exchange.submit(order('e1', { side }), epochMs(T0 + open - 50))
  if (close !== null)
    exchange.submit(order('x1', { side: side === 'buy' ? 'sell' : 'buy', reduceOnly: true }), epochMs(T0 + close - 50))
  return { paid: settled(lines(drain(exchange))), funding: exchange.ledger.funding.toString() }
}

describe('funding', () => {
  it('is quantity × mark × rate: at a positive rate longs pay and shorts receive', () => {
    expect(held(100, null)).toEqual({ paid: ['60000 funding_paid LONG 0.1 @ 50000 × 0.0001 = -0.5'], funding: '-0.5' })
    expect(held(100, null, 'sell')).toEqual({
      paid: ['60000 funding_paid SHORT 0.1 @ 50000 × 0.0001 = 0.5'],
      funding: '0.5',
    })
    expect(held(100, null, 'buy', -0.0003).funding).toBe('1.5')
    expect(held(100, null, 'sell', -0.0003).funding).toBe('-1.5')
  })

  it('is due on a position opened at the very settlement time, not one millisecond later', () => {
    expect(held(59_999, null).paid).toHaveLength(1)
    expect(held(60_000, null)).toEqual({
      paid: ['60000 funding_paid LONG 0.1 @ 50000 × 0.0001 = -0.5'],
      funding: '-0.5',
    })
    expect(held(60_001, null).paid).toEqual([])
  })

  it('is not due on a position closed one millisecond before, but on one closed at that time', () => {
    expect(held(100, 59_999).paid).toEqual([])
    expect(held(100, 60_000).paid).toHaveLength(1)
    expect(held(100, 60_001).paid).toHaveLength(1)
  })

  it('uses the mark of the settlement, not the last price', () => {
    const exchange = onTicks([
      tick(0, 50_000),
      tick(60_000, 50_000),
      settlement(60_000, 0.0001, 51_000),
      tick(120_000, 50_000),
    ])
    exchange.submit(order('e1'), epochMs(T0))
    drain(exchange)
    expect(exchange.ledger.funding.toString()).toBe('-0.51')
    expect(exchange.ledger.wallet.toString()).toBe('9996.99') // 10,000 − 2.50 − 0.51
  })

  it('charges only what was added at the settlement time on top of what was held', () => {
    const exchange = onTicks([tick(0, 50_000), tick(60_000, 50_000), settlement(60_000, 0.0001), tick(120_000, 50_000)])
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(order('e2', { quantity: '0.02' }), epochMs(T0 + 59_950))
    expect(settled(lines(drain(exchange)))).toEqual([
      '60000 funding_paid LONG 0.1 @ 50000 × 0.0001 = -0.5',
      '60000 funding_paid LONG 0.02 @ 50000 × 0.0001 = -0.1',
    ])
  })

  it('comes out of the margin of an isolated position and moves its liquidation price', () => {
    const exchange = onTicks([tick(0, 50_000), tick(60_000, 50_000), settlement(60_000, 0.0001), tick(120_000, 50_000)])
    exchange.submit(order('e1'), epochMs(T0))
    const liquidation = (): number => exchange.snapshot(epochMs(T0)).positions[0]!.liquidationPrice!.toNumber()
    drain(exchange, undefined, T0 + 50_000)
    const before = liquidation()
    drain(exchange)
    // 0.5 less margin on 0.1: 5 per unit over 1 − 0.4 %
    expect(liquidation() - before).toBeCloseTo(5 / 0.996, 8)
  })

  it('is due on a position that is liquidated at the very settlement time', () => {
    const exchange = onBars(
      [
        [50_000, 50_000, 50_000, 50_000],
        [40_000, 40_000, 40_000, 40_000],
      ],
      { leverage: 10 },
      { start: T0 + 8 * 3_600_000 - 300_000, fundingRate: [0.0001, 0.0001] },
    )
    exchange.submit(order('e1'), epochMs(T0 + 8 * 3_600_000 - 300_000))
    // 0.4 of the margin of 500 goes to funding: bankrupt at 45,004
    expect(lines(drain(exchange)).slice(2)).toEqual([
      '28800000 funding_paid LONG 0.1 @ 40000 × 0.0001 = -0.4',
      '28800000 position_forced liquidation sell 0.1 @ 45004 fee 0',
    ])
    expect(exchange.ledger.wallet.toString()).toBe('9497.5')
  })

  it('on bars settles at the open of the bar, with that row’s rate, after an exit that gapped there has still to fill', () => {
    const exchange = onBars(
      [
        [50_000, 50_100, 49_900, 50_000],
        [51_000, 51_000, 51_000, 51_000],
      ],
      {},
      { start: T0 + 8 * 3_600_000 - 300_000, fundingRate: [0.0001, 0.0004] },
    )
    exchange.submit(order('e1'), epochMs(T0 + 8 * 3_600_000 - 300_000))
    exchange.submit(target('p1', 50_500), epochMs(T0 + 8 * 3_600_000 - 200_000))
    expect(lines(drain(exchange)).slice(3)).toEqual([
      '28800000 funding_paid LONG 0.1 @ 51000 × 0.0004 = -2.04',
      '28800001 order_filled p1 sell 0.1 @ 50500 fee 1.01 maker done',
    ])
  })
})
