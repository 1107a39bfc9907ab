import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import type { Bankruptcy, TapeItem } from '../../../src/exchange/tape.ts'
import { BTC, drain, lines, onBars, onTicks, order, stop, T0, tick, type Bar } from './fixture.ts'

const bankruptcy = (ms: number, more: Partial<Bankruptcy> = {}): Bankruptcy => ({
  kind: 'bankruptcy',
  time: epochMs(T0 + ms),
  instrument: BTC,
  direction: 'LONG',
  quantity: 1,
  bankruptcyPrice: 49_500,
  ...more,
})

/** A fund of `fundUsd`, a SHORT (or LONG) of 0.1 from 50,000 with a stop, the market at 49,000 when the bankruptcy comes. */
function run(
  fundUsd: number,
  item: Bankruptcy,
  side: 'buy' | 'sell' = 'sell',
  last = 49_000,
): { seen: string[]; fund: string; wallet: string } {
  const seed: TapeItem = {
    kind: 'open_interest',
    time: epochMs(T0),
    instrument: BTC,
    openInterest: {
      asOf: epochMs(T0),
      totalUsd: fundUsd * 1_000,
      longUsd: null,
      shortUsd: null,
      ratio: null,
      ratioKind: 'unknown',
    },
  }
  const exchange = onTicks([tick(0, 50_000), seed, tick(5_000, last), item, tick(9_000, last)])
  exchange.submit(order('e1', { side }), epochMs(T0))
  exchange.submit(
    stop('s1', side === 'sell' ? 52_000 : 45_000, { side: side === 'sell' ? 'buy' : 'sell' }),
    epochMs(T0 + 100),
  )
  const seen = lines(drain(exchange)).slice(3)
  return { seen, fund: exchange.ledger.insuranceFund.toString(), wallet: exchange.ledger.wallet.toString() }
}

describe('another trader’s bankruptcy', () => {
  it('is borne by the fund while the fund lasts', () => {
    // 1 × (49,500 − 49,000)
    expect(run(500, bankruptcy(5_000))).toEqual({ seen: [], fund: '0', wallet: '9997.5' })
    expect(run(700, bankruptcy(5_000)).fund).toBe('200')
  })

  it('closes the profitable other side at the bankruptcy price, without fee, when the fund is empty', () => {
    expect(run(499, bankruptcy(5_000))).toEqual({
      seen: ['5000 position_forced adl buy 0.1 @ 49500 fee 0', '5000 order_canceled s1 adl'],
      fund: '0',
      wallet: '10047.5', // 10,000 − 2.5 + 0.1 × 500
    })
  })

  it('closes no more than went bankrupt and leaves the stop for the rest', () => {
    expect(run(0, bankruptcy(5_000, { quantity: 0.04 })).seen).toEqual([
      '5000 position_forced adl buy 0.04 @ 49500 fee 0',
    ])
  })

  it('leaves a losing position and one on the same side alone', () => {
    expect(run(0, bankruptcy(5_000, { bankruptcyPrice: 51_000 }), 'sell', 50_500).seen).toEqual([])
    expect(run(0, bankruptcy(5_000, { direction: 'SHORT', bankruptcyPrice: 50_200 }), 'sell', 50_500).seen).toEqual([])
    expect(run(0, bankruptcy(5_000), 'buy').seen).toEqual([])
  })

  it('mirrors for a LONG', () => {
    expect(run(0, bankruptcy(5_000, { direction: 'SHORT', bankruptcyPrice: 50_500 }), 'buy', 51_000).seen[0]).toBe(
      '5000 position_forced adl sell 0.1 @ 50500 fee 0',
    )
  })

  it('costs nothing while the market is not beyond the bankruptcy price', () => {
    expect(run(500, bankruptcy(5_000, { bankruptcyPrice: 49_000 })).fund).toBe('500')
  })
})

describe('the stress scenario on bars', () => {
  const quiet: Bar = [50_000, 50_050, 49_950, 50_000]
  const bars = [...Array.from({ length: 14 }, () => quiet), [50_000, 50_010, 49_600, 49_900] as const]
  const short = (deleveragingStress: boolean): string[] => {
    const exchange = onBars(bars, { deleveragingStress })
    exchange.submit(order('e1', { side: 'sell' }), epochMs(T0))
    return lines(drain(exchange)).slice(2)
  }
  it('deleverages a profitable position half-way to the extreme of a wide bar', () => {
    // high first at ⅓, the low at ⅔ of the fifteenth bar
    expect(short(true)).toEqual([`${14 * 300_000 + 200_000} position_forced adl buy 0.1 @ 49800 fee 0`])
    expect(short(false)).toEqual([])
  })
})
