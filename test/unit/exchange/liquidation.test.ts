import { describe, expect, it } from 'vitest'
import type { Move } from '../../../src/exchange/tape.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import { BTC, drain, ETH, lines, onBars, onTicks, order, stop, T0, target, tick } from './fixture.ts'

/**
 * 0.1 BTC LONG at 50,000 and 10×: margin 500, maintenance 0.4 %. Liquidation at 49,500 × … = (5,000 − 500) / (0.1 × 0.996)
 * = 45,180.7229, rounded down to 45,180.7: loss 481.93, left 18.07, fee 1.25 % of 4,518.07 = 56.48 capped at 18.07.
 */
describe('isolated liquidation', () => {
  it('takes the whole margin and no more when the fee exceeds what is left', () => {
    const exchange = onTicks([tick(0, 50_000), tick(3_000, 50_000), tick(13_000, 45_000), tick(20_000, 45_000)], {
      leverage: 10,
    })
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 44_000), epochMs(T0 + 100))
    const events = lines(drain(exchange))
    // from 4,000 on 5,000 fall in 9,000 ms: 4,819.2771 take 8,674.7 ms
    expect(events.slice(3)).toEqual([
      '12675 position_forced liquidation sell 0.1 @ 45180.7 fee 18.07',
      '12675 order_canceled s1 liquidation',
    ])
    const { ledger } = exchange
    expect(
      [ledger.wallet, ledger.realised, ledger.tradingFees, ledger.liquidationFees, ledger.insurancePaid].map(String),
    ).toEqual(['9497.5', '-481.93', '2.5', '18.07', '0'])
    const { positions, executions } = exchange.snapshot(epochMs(T0))
    expect(positions).toEqual([])
    expect(executions.map(({ clientOrderId, forced }) => [clientOrderId, forced])).toEqual([
      ['e1', null],
      ['', 'liquidation'],
    ])
  })

  it('leaves what the fee does not take', () => {
    const exchange = onTicks([tick(0, 50_000), tick(3_000, 50_000), tick(13_000, 45_000)], {
      leverage: 10,
      liquidationFeePct: 0.1,
    })
    exchange.submit(order('e1'), epochMs(T0))
    // 0.1 % of 4,518.07
    expect(lines(drain(exchange))[2]).toContain('fee 4.51807')
    expect(exchange.ledger.wallet.toString()).toBe('9511.05193') // 10,000 − 2.5 − 481.93 − 4.51807
  })

  it('mirrors for a short', () => {
    // (500 + 5,000) / (0.1 × 1.004) = 54,780.8765, rounded up to 54,780.9: loss 478.09, left 21.91
    const exchange = onTicks([tick(0, 50_000), tick(3_000, 50_000), tick(13_000, 55_000)], { leverage: 10 })
    exchange.submit(order('e1', { side: 'sell' }), epochMs(T0))
    expect(lines(drain(exchange))[2]).toContain('position_forced liquidation buy 0.1 @ 54780.9 fee 21.91')
    expect(exchange.ledger.wallet.toString()).toBe('9497.5')
  })

  it('comes from the bracket that the notional is in at the liquidation price', () => {
    // quantity 12 at 10×: margin 60,000, 0.5 % − 50: (600,000 − 60,000 − 50) / (12 × 0.995) = 45,222.78; left 2,663.30
    const exchange = onTicks([tick(0, 50_000), tick(3_000, 50_000), tick(13_000, 45_000)], {
      leverage: 10,
      startingBalance: 100_000,
      liquidationFeePct: 0,
    })
    exchange.submit(order('e1', { quantity: 12 }), epochMs(T0))
    drain(exchange, undefined, T0 + 3_000)
    expect(exchange.snapshot(epochMs(T0)).positions[0]!.liquidationPrice!.toNumber()).toBeCloseTo(
      (600_000 - 60_000 - 50) / (12 * 0.995),
      6,
    )
  })

  it('happens only beyond the level: a mark one step short leaves the position alone', () => {
    const at = (low: number): number => {
      const exchange = onTicks([tick(0, 50_000), tick(3_000, 50_000), tick(13_000, low)], { leverage: 10 })
      exchange.submit(order('e1'), epochMs(T0))
      return lines(drain(exchange)).filter((line) => line.includes('forced')).length
    }
    expect([at(45_180.73), at(45_180.72)]).toEqual([0, 1])
  })

  it('listens to the mark, not to the last price', () => {
    const exchange = onTicks([tick(0, 50_000), tick(13_000, 40_000, { mark: 45_200 }), tick(20_000, 50_000)], {
      leverage: 10,
    })
    exchange.submit(order('e1'), epochMs(T0))
    expect(lines(drain(exchange)).some((line) => line.includes('forced'))).toBe(false)
  })

  it('after a gap is settled at the bankruptcy price, and the insurance fund pays the rest', () => {
    const seed = {
      kind: 'open_interest',
      time: epochMs(T0),
      instrument: BTC,
      openInterest: {
        asOf: epochMs(T0),
        totalUsd: 150_000,
        longUsd: null,
        shortUsd: null,
        ratio: null,
        ratioKind: 'unknown',
      },
    } as const
    const exchange = onTicks([tick(0, 50_000), seed, tick(10_000, 43_000, { jump: true })], {
      leverage: 10,
      insuranceFundPct: 0.1,
    })
    exchange.submit(order('e1'), epochMs(T0))
    // bankrupt at 45,000; the market is at 43,000: 200 beyond, the fund holds 150
    expect(lines(drain(exchange))[2]).toBe('10000 position_forced liquidation sell 0.1 @ 45000 fee 0')
    const { ledger } = exchange
    expect([ledger.wallet, ledger.insuranceFund, ledger.insurancePaid, ledger.uncovered].map(String)).toEqual([
      '9497.5',
      '0',
      '150',
      '50',
    ])
  })

  it('precedes a stop that lies beyond it and follows one that lies before it', () => {
    const run = (level: number): string[] => {
      const exchange = onBars([[50_000, 51_000, 44_000, 50_000]], { leverage: 10 })
      exchange.submit(order('e1'), epochMs(T0))
      exchange.submit(stop('s1', level), epochMs(T0 + 100))
      exchange.submit(target('p1', 60_000), epochMs(T0 + 100))
      return lines(drain(exchange))
        .slice(4)
        .map((line) => line.split(' ').slice(1, 3).join(' '))
    }
    expect(run(45_100)).toEqual(['position_forced liquidation', 'order_canceled s1', 'order_canceled p1'])
    expect(run(45_300)).toEqual(['order_triggered s1', 'order_filled s1', 'order_canceled p1'])
  })

  it('overtakes a stop whose market order is still under way', () => {
    const exchange = onTicks([tick(0, 50_000), tick(10_000, 44_000, { jump: true }), tick(20_000, 44_000)], {
      leverage: 10,
    })
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 48_000), epochMs(T0 + 100))
    expect(lines(drain(exchange)).slice(3)).toEqual([
      '10000 order_triggered s1',
      '10000 position_forced liquidation sell 0.1 @ 45000 fee 0',
      '10000 order_canceled s1 liquidation',
    ])
  })
})

const both = (ms: number, btc: number, eth: number, more: Partial<Move> = {}): Move[] => [
  tick(ms, btc, more),
  tick(ms, eth, { instrument: ETH, ...more }),
]

describe('cross margin', () => {
  it('stands with the whole wallet behind a position', () => {
    const exchange = onTicks([tick(0, 50_000), tick(3_000, 50_000)], {
      marginMode: 'cross',
      leverage: 10,
      startingBalance: 1_000,
      feeTakerBp: 0,
    })
    exchange.submit(order('e1'), epochMs(T0))
    drain(exchange)
    // (5,000 − 1,000) / (0.1 × 0.996)
    expect(exchange.snapshot(epochMs(T0)).positions[0]!.liquidationPrice!.toNumber()).toBeCloseTo(4_000 / 0.0996, 6)
  })

  it('takes the wallet, and no more, when it is used up', () => {
    const exchange = onTicks([tick(0, 50_000), tick(3_000, 50_000), tick(10_000, 39_000, { jump: true })], {
      marginMode: 'cross',
      leverage: 10,
      startingBalance: 1_000,
      feeTakerBp: 0,
    })
    exchange.submit(order('e1'), epochMs(T0))
    expect(lines(drain(exchange))[2]).toBe('10000 position_forced liquidation sell 0.1 @ 40000 fee 0')
    expect(exchange.ledger.wallet.toString()).toBe('0')
    expect(exchange.ledger.uncovered.toString()).toBe('100')
  })

  it('moves with the other positions’ results', () => {
    const exchange = onTicks(
      [...both(0, 50_000, 2_500), ...both(3_000, 50_000, 2_500), ...both(6_000, 50_000, 2_400)],
      { marginMode: 'cross', leverage: 10, startingBalance: 1_000, feeTakerBp: 0 },
      [BTC, ETH],
    )
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(order('e2', { instrument: ETH, quantity: 1 }), epochMs(T0))
    const liquidation = (): number => exchange.snapshot(epochMs(T0)).positions[0]!.liquidationPrice!.toNumber()
    drain(exchange, undefined, T0 + 3_000)
    expect(liquidation()).toBeCloseTo((5_000 - (1_000 - 2_500 * 0.004)) / 0.0996, 6)
    drain(exchange)
    // the other one has lost 100
    expect(liquidation()).toBeCloseTo((5_000 - (900 - 2_400 * 0.004)) / 0.0996, 6)
  })

  it('liquidates the one whose mark did not move when the other has used up the account', () => {
    const exchange = onTicks(
      [
        ...both(0, 50_000, 2_500),
        ...both(3_000, 50_000, 2_500),
        ...both(6_000, 50_000, 2_500),
        tick(9_000, 2_000, { instrument: ETH, jump: true }),
        tick(12_000, 50_000),
      ],
      { marginMode: 'cross', leverage: 20, startingBalance: 1_000, feeTakerBp: 0 },
      [BTC, ETH],
    )
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(order('e2', { instrument: ETH, quantity: 2 }), epochMs(T0))
    const forced = lines(drain(exchange)).filter((line) => line.includes('forced'))
    expect(forced).toHaveLength(2)
    // never below nothing
    expect(exchange.ledger.wallet.gte(0)).toBe(true)
  })
})
