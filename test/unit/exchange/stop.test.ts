import { describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../../src/domain/event.ts'
import { epochMs } from '../../../src/domain/unit.ts'
import type { ExchangeParameters } from '../../../src/exchange/parameters.ts'
import { drain, lines, onBars, onTicks, order, stop, T0, tick, type Bar } from './fixture.ts'

/** Enters at the first open and sends `guard` in answer to the fill. */
function guarded(
  bars: readonly Bar[],
  side: 'buy' | 'sell',
  guard: number,
  parameters: Partial<ExchangeParameters> = {},
): string[] {
  const exchange = onBars(bars, parameters)
  exchange.submit(order('e1', { side }), epochMs(T0))
  const events = drain(exchange, (event: EngineEvent) => {
    if (event.kind === 'order_filled' && event.clientOrderId === 'e1')
      exchange.submit(stop('s1', guard, { side: side === 'buy' ? 'sell' : 'buy' }), event.time)
  })
  return lines(events)
}

describe('a stop inside a bar', () => {
  it('sent in answer to an entry at the open is there before the bar’s extremes', () => {
    // low first: 49,000 after 100 s; the stop at 49,500 is met half-way of the 99 s that follow the first second
    const seen = guarded([[50_000, 51_500, 49_000, 50_000]], 'buy', 49_500)
    // 49,500 − max(9.9, 10 % of 500) = 49,450; fee 0.1 × 49,450 × 5 bp
    expect(seen).toEqual([
      '50 order_accepted e1',
      '50 order_filled e1 buy 0.1 @ 50000 fee 2.5 taker done',
      '100 order_accepted s1',
      '50500 order_triggered s1',
      '50550 order_filled s1 sell 0.1 @ 49450 fee 2.4725 taker done',
    ])
  })

  it('loses at least the smallest slippage when the extreme is near', () => {
    // 10 % of 10 is less than 2 bp of 49,500 = 9.9; rounded down to the tick
    expect(guarded([[50_000, 51_500, 49_490, 50_000]], 'buy', 49_500).at(-1)).toContain('@ 49490.1 ')
  })

  it('mirrors for a short', () => {
    // 50,500 + 10 % of 500
    expect(guarded([[50_000, 51_000, 48_500, 50_000]], 'sell', 50_500).at(-1)).toContain('buy 0.1 @ 50550 ')
    expect(guarded([[50_000, 50_510, 48_500, 50_000]], 'sell', 50_500).at(-1)).toContain('buy 0.1 @ 50510.1 ')
  })

  it('starts from the open when the open is beyond it', () => {
    const bars: readonly Bar[] = [
      [50_000, 50_100, 49_900, 50_000],
      [49_000, 49_200, 48_000, 48_500],
    ]
    // 49,000 − 10 % of 1,000
    expect(guarded(bars, 'buy', 49_500).slice(-2)).toEqual([
      '300000 order_triggered s1',
      '300050 order_filled s1 sell 0.1 @ 48900 fee 2.445 taker done',
    ])
    const up: readonly Bar[] = [
      [50_000, 50_100, 49_900, 50_000],
      [51_000, 52_000, 50_800, 51_500],
    ]
    expect(guarded(up, 'sell', 50_500).at(-1)).toContain('buy 0.1 @ 51100 ')
  })

  it('is filled after the open that it was met at, even without latency', () => {
    const bars: readonly Bar[] = [
      [50_000, 50_100, 49_900, 50_000],
      [49_000, 49_200, 48_000, 48_500],
    ]
    expect(guarded(bars, 'buy', 49_500, { latencyMs: 0 }).slice(-2)).toEqual([
      '300000 order_triggered s1',
      '300001 order_filled s1 sell 0.1 @ 48900 fee 2.445 taker done',
    ])
  })

  it('loses a quarter of the way in a wide bar', () => {
    const quiet: Bar = [50_000, 50_050, 49_950, 50_000]
    const bars = [...Array.from({ length: 14 }, () => quiet), [50_000, 50_050, 49_750, 49_900] as const]
    // ATR 100, range 300 = 3 ATR: 49,850 − 25 % of 100
    expect(guarded(bars, 'buy', 49_850).at(-1)).toContain('@ 49825 ')
    const narrower = [...bars.slice(0, 14), [50_000, 50_049.9, 49_750, 49_900] as const]
    // 299.9: 49,850 − max(9.97, 10)
    expect(guarded(narrower, 'buy', 49_850).at(-1)).toContain('@ 49840 ')
  })

  it('is met exactly at its level and not one tick before', () => {
    expect(guarded([[50_000, 51_500, 49_500, 50_000]], 'buy', 49_500).some((line) => line.includes('triggered'))).toBe(
      true,
    )
    expect(
      guarded([[50_000, 51_500, 49_500.1, 50_000]], 'buy', 49_500).some((line) => line.includes('triggered')),
    ).toBe(false)
  })

  it('that would fire at once is rejected', () => {
    const at = (price: number): string => {
      const exchange = onTicks([tick(0, 50_000), tick(9_000, 50_000)])
      exchange.submit(order('e1'), epochMs(T0))
      exchange.submit(stop('s1', price), epochMs(T0 + 100))
      return lines(drain(exchange))[2]!
    }
    expect(at(50_000)).toBe('150 order_rejected s1 WOULD_TRIGGER')
    expect(at(49_999.9)).toBe('150 order_accepted s1')
  })
})

describe('a stop on ticks', () => {
  it('fills at the market one latency after its trigger', () => {
    const exchange = onTicks([tick(0, 50_000), tick(3_000, 50_000), tick(5_000, 49_000), tick(9_000, 49_000)], {
      latencyMs: 200,
      halfSpreadBp: { default: 1 },
    })
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 49_500), epochMs(T0 + 500))
    // from 4,000 to 5,000 the price falls by 1 a millisecond: trigger at 4,500, market then 49,300 − 4.93
    expect(lines(drain(exchange)).slice(-2)).toEqual([
      '4500 order_triggered s1',
      '4700 order_filled s1 sell 0.1 @ 49295 fee 2.46475 taker done',
    ])
  })

  it('pays ten times the slippage in a cascade, a take-profit five times', () => {
    const move = { cascade: true }
    const run = (guard: ReturnType<typeof order>): string => {
      const exchange = onTicks(
        [
          tick(0, 50_000),
          tick(3_000, 50_000),
          tick(5_000, guard.type === 'stop_market' ? 49_000 : 51_000, move),
          tick(5_001, 49_000, { ...move, jump: true }),
        ],
        { halfSpreadBp: { default: 1 }, latencyMs: 0 },
      )
      exchange.submit(order('e1'), epochMs(T0))
      exchange.submit(guard, epochMs(T0 + 500))
      return lines(drain(exchange)).at(-1)!
    }
    expect(run(stop('s1', 49_500))).toContain('@ 49450.5 ') // 49,500 − 10 × 4.95
    expect(run(stop('p1', 50_500, { type: 'take_profit_market' }))).toContain('@ 50474.7 ') // 50,500 − 5 × 5.05 = 50,474.75
  })

  it('listens to the mark unless told to listen to the last price', () => {
    const run = (triggerBy: 'mark' | 'last'): string[] => {
      const exchange = onTicks([
        tick(0, 50_000),
        tick(3_000, 49_000, { mark: 49_600 }),
        tick(9_000, 49_000, { mark: 49_600 }),
      ])
      exchange.submit(order('e1'), epochMs(T0))
      exchange.submit(stop('s1', 49_500, { triggerBy }), epochMs(T0 + 100))
      return lines(drain(exchange)).slice(3)
    }
    expect(run('mark')).toEqual([])
    expect(run('last')[0]).toBe('2000 order_triggered s1')
  })

  it('can no longer be cancelled once it has fired', () => {
    const exchange = onTicks([tick(0, 50_000), tick(1_000, 50_000), tick(2_000, 49_000), tick(9_000, 49_000)])
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 49_500), epochMs(T0 + 100))
    exchange.cancel(stop('s1', 1).clientOrderId, stop('s1', 1).instrument, epochMs(T0 + 1_740))
    expect(
      lines(drain(exchange))
        .slice(3)
        .map((line) => line.split(' ').slice(0, 2).join(' ')),
    ).toEqual(['1750 order_triggered', '1800 order_filled'])
  })
})

describe('a take-profit trigger inside a bar', () => {
  it('never fills better than its trigger, even after a gap beyond it', () => {
    const exchange = onBars([
      [50_000, 50_100, 49_900, 50_000],
      [51_000, 51_200, 50_900, 51_000],
    ])
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('p1', 50_500, { type: 'take_profit_market' }), epochMs(T0 + 100))
    expect(lines(drain(exchange)).at(-1)).toBe('300050 order_filled p1 sell 0.1 @ 50500 fee 2.525 taker done')
  })
})
