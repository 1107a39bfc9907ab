import { describe, expect, it } from 'vitest'
import { epochMs } from '../../../src/domain/unit.ts'
import { BTC, drain, onBars, onTicks, order, stop, T0, tick } from './fixture.ts'

const at = (ms: number) => epochMs(T0 + ms)

describe('the exchange as a source of events', () => {
  it('tells the time of the next event and advances no further than asked', () => {
    const exchange = onTicks([tick(0, 50_000), tick(1_000, 50_000)])
    const { events } = exchange
    expect(events.peek()).toBe(T0)
    expect(events.next(at(-1))).toBeUndefined()
    expect(events.next(at(0))?.kind).toBe('price')
    expect(events.next(at(999))).toBeUndefined()
    exchange.submit(order('e1'), at(500))
    expect(events.peek()).toBe(T0 + 550)
    expect(events.next(at(549))).toBeUndefined()
    expect(events.next(at(550))?.kind).toBe('order_accepted')
    expect(events.peek()).toBe(T0 + 550)
    expect(events.next(at(550))?.kind).toBe('order_filled')
    expect(events.exhausted()).toBe(false)
    expect(events.next(at(1_000))?.kind).toBe('price')
    expect(events.exhausted()).toBe(true)
    expect(events.peek()).toBeUndefined()
  })

  it('knows when a stop will be met, to the millisecond', () => {
    const exchange = onTicks([tick(0, 50_000), tick(11_000, 49_000)])
    exchange.submit(order('e1'), at(0))
    exchange.submit(stop('s1', 49_500), at(100))
    while (exchange.events.peek() === T0 || exchange.events.peek()! < T0 + 1_000) exchange.events.next(at(Infinity))
    expect(exchange.events.peek()).toBe(T0 + 6_000)
    expect(exchange.events.next(at(5_999))).toBeUndefined()
    expect(exchange.events.next(at(6_000))?.kind).toBe('order_triggered')
  })

  it('still answers after the tape has ended', () => {
    const exchange = onTicks([tick(0, 50_000)])
    drain(exchange)
    expect(exchange.events.exhausted()).toBe(true)
    exchange.submit(order('e1'), at(5_000))
    expect(exchange.events.exhausted()).toBe(false)
    expect(drain(exchange).map((event) => event.kind)).toEqual(['order_accepted', 'order_filled'])
  })

  it('shows the account as it stands', () => {
    const exchange = onTicks([tick(0, 50_000), tick(1_000, 50_000)])
    exchange.submit(order('e1'), at(0))
    exchange.submit(stop('s1', 49_000), at(100))
    drain(exchange)
    expect(exchange.snapshot(at(2_000))).toMatchObject({
      kind: 'account_snapshot',
      time: T0 + 2_000,
      positions: [{ instrument: BTC, direction: 'LONG' }],
      openOrders: [{ clientOrderId: 's1' }],
    })
    const { wallet, positions } = exchange.snapshot(at(2_000))
    expect([wallet, positions[0]!.quantity, positions[0]!.entryPrice].map(String)).toEqual(['9997.5', '0.1', '50000'])
  })

  it('refuses an instrument that the tape does not list', () => {
    const exchange = onTicks([tick(0, 50_000)])
    expect(() => exchange.submit(order('e1', { instrument: { ...BTC, symbol: 'XRPUSDT' } }), at(0))).toThrow(
      /XRPUSDT is not listed/,
    )
  })

  it('lets quiet prices out, and only those', () => {
    const ticks = [
      tick(0, 50_000),
      tick(1_000, 50_010),
      tick(2_000, 50_020),
      tick(3_000, 50_010, { mark: 50_020 }),
      tick(4_000, 50_019.9),
    ]
    const seen = (quiet: { low: number; high: number }): number[] => {
      const exchange = onTicks(ticks, {}, undefined, [quiet])
      return drain(exchange).map((event) => event.time - T0)
    }
    expect(seen({ low: 50_000, high: 50_020 })).toEqual([0, 2_000, 3_000])
    expect(seen({ low: -Infinity, high: Infinity })).toEqual([])
  })

  it('tells every bar, with a position or without', () => {
    const exchange = onBars([
      [100, 101, 99, 100],
      [100, 101, 99, 100],
    ])
    exchange.submit(order('e1', { quantity: 2 }), at(0))
    expect(
      drain(exchange)
        .filter((event) => event.kind === 'bar')
        .map((event) => event.time - T0),
    ).toEqual([300_000, 600_000])
  })
})
