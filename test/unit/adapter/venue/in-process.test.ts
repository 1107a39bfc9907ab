import { describe, expect, it } from 'vitest'
import { createInProcessVenue } from '../../../../src/adapter/venue/in-process.ts'
import type { EngineEvent } from '../../../../src/domain/event.ts'
import { epochMs, money } from '../../../../src/domain/unit.ts'
import { BTC, lines, onTicks, order, T0, tick } from '../../exchange/fixture.ts'

describe('the embedded exchange as a venue', () => {
  it('passes requests on and shows the exchange’s own events and account', () => {
    const exchange = onTicks([tick(0, 50_000), tick(1_000, 49_900), tick(2_000, 50_000)])
    const venue = createInProcessVenue(exchange)
    expect(venue.instruments).toEqual([BTC])
    exchange.submit(order('l1', { type: 'limit', price: 49_000 }), epochMs(T0))
    const id = order('l1').clientOrderId
    venue.query(id, BTC, epochMs(T0 + 100))
    venue.cancel(id, BTC, epochMs(T0 + 200))
    const seen: EngineEvent[] = []
    const read = (): void => {
      for (let event = venue.events.next(epochMs(T0 + 500)); event; event = venue.events.next(epochMs(T0 + 500)))
        seen.push({ ...event })
    }
    read()
    expect(lines(seen)).toEqual(['50 order_accepted l1', '150 order_accepted l1', '250 order_canceled l1 requested'])
    venue.snapshot(epochMs(T0 + 500))
    read()
    expect(seen.at(-1)).toMatchObject({ kind: 'account_snapshot', time: T0 + 500, positions: [], openOrders: [] })
    expect(seen.at(-1)).toHaveProperty('wallet', money(10_000))
    expect(venue.pending).toBe(0)
  })
})
