import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import type { ExchangeParameters } from '../../../src/exchange/parameters.ts'
import { account, drain, onBars, order, stop, T0, target, type Bar } from './fixture.ts'

interface Outcome {
  readonly fills: readonly string[]
  readonly ambiguous: number
}

/** A LONG of 0.1 from the first open, stop 49,500, target 50,500, both sent in answer to the fill. */
function run(bars: readonly Bar[], parameters: Partial<ExchangeParameters> = {}): Outcome {
  const exchange = onBars(bars, parameters)
  exchange.submit(order('e1'), epochMs(T0))
  const events = drain(exchange, (event) => {
    if (event.kind === 'order_filled' && event.clientOrderId === 'e1') {
      exchange.submit(stop('s1', 49_500), event.time)
      exchange.submit(target('p1', 50_500), event.time)
    }
  })
  const fills = account(events).flatMap((event) =>
    event.kind === 'order_filled' ? [`${event.clientOrderId} ${event.price}`] : [],
  )
  return { fills: fills.slice(1), ambiguous: exchange.ledger.ambiguousBars }
}

const HIGH_FIRST: Bar = [50_000, 50_600, 49_000, 50_000]
const LOW_FIRST: Bar = [50_000, 51_000, 49_400, 50_000]

describe('stop and target in one bar', () => {
  it('is the stop, in the entry bar and whichever extreme is nearer', () => {
    expect(run([HIGH_FIRST])).toEqual({ fills: ['s1 49450'], ambiguous: 1 })
    // 49,500 − max(9.9, 10)
    expect(run([LOW_FIRST])).toEqual({ fills: ['s1 49490'], ambiguous: 1 })
  })

  it('is the stop in a later bar too', () => {
    expect(run([[50_000, 50_100, 49_900, 50_000], HIGH_FIRST])).toEqual({ fills: ['s1 49450'], ambiguous: 1 })
  })

  it('can be read as the target instead', () => {
    const first = { ambiguousBar: 'target_first' } as const
    expect(run([HIGH_FIRST], first)).toEqual({ fills: ['p1 50500'], ambiguous: 1 })
    expect(run([LOW_FIRST], first)).toEqual({ fills: ['p1 50500'], ambiguous: 1 })
  })

  it('is not ambiguous when only one lies in the range, to the tick', () => {
    // the target needs 50,500.1
    expect(run([[50_000, 50_500, 49_500, 50_000]])).toEqual({ fills: ['s1 49490.1'], ambiguous: 0 })
    expect(run([[50_000, 50_500.1, 49_500.1, 50_000]])).toEqual({ fills: ['p1 50500'], ambiguous: 0 })
    expect(run([[50_000, 50_500.1, 49_500, 50_000]])).toEqual({ fills: ['s1 49490.1'], ambiguous: 1 })
  })

  it('is not ambiguous when the open is already beyond one of them', () => {
    const quiet: Bar = [50_000, 50_100, 49_900, 50_000]
    expect(run([quiet, [50_600, 50_700, 49_000, 49_500]])).toEqual({ fills: ['p1 50500'], ambiguous: 0 })
    expect(run([quiet, [49_400, 50_700, 49_300, 49_500]])).toEqual({ fills: ['s1 49390'], ambiguous: 0 })
  })

  it('is the stop even where the assumed path had passed its level before it was sent', () => {
    // Low first, at ⅓ of the bar; the stop is sent on the way up from there to the high, which goes through the target.
    const sentAfterLow = (level: number): Outcome => {
      const exchange = onBars([[50_000, 51_500, 48_900, 51_000]])
      exchange.submit(order('e1'), epochMs(T0))
      exchange.submit(target('p1', 50_500), epochMs(T0 + 100))
      exchange.submit(stop('s1', level), epochMs(T0 + 150_000))
      const fills = account(drain(exchange)).flatMap((event) =>
        event.kind === 'order_filled' ? [`${event.clientOrderId} ${event.price}`] : [],
      )
      return { fills: fills.slice(1), ambiguous: exchange.ledger.ambiguousBars }
    }
    // 49,500 − 10 % of 600
    expect(sentAfterLow(49_500)).toEqual({ fills: ['s1 49440'], ambiguous: 1 })
    expect(sentAfterLow(48_899.9)).toEqual({ fills: ['p1 50500'], ambiguous: 0 })
  })

  it('holds for a target that is a trigger order', () => {
    const exchange = onBars([HIGH_FIRST])
    exchange.submit(order('e1'), epochMs(T0))
    exchange.submit(stop('s1', 49_500), epochMs(T0 + 100))
    exchange.submit(stop('p1', 50_500, { type: 'take_profit_market' }), epochMs(T0 + 100))
    const fills = account(drain(exchange)).flatMap((event) =>
      event.kind === 'order_filled' ? [event.clientOrderId] : [],
    )
    expect(fills).toEqual(['e1', 's1'])
  })
})
