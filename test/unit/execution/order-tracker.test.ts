import { describe, expect, test } from 'vitest'
import type { OrderEvent } from '../../../src/domain/event.ts'
import type { ClientOrderId, OrderRequest } from '../../../src/domain/order.ts'
import { epochMs, money, price, quantity } from '../../../src/domain/unit.ts'
import { createOrderTracker, type OrderTracker } from '../../../src/execution/order-tracker.ts'
import { BTC } from './bracket-scene.ts'

const id = (text: string): ClientOrderId => text as ClientOrderId

const request = (name = 'a', units = '2'): OrderRequest => ({
  clientOrderId: id(name),
  instrument: BTC,
  side: 'buy',
  type: 'limit',
  quantity: quantity(units),
  price: price(1_000),
  timeInForce: 'GTC',
  reduceOnly: false,
  leg: 'entry',
  tradeId: 't',
})

function event(kind: Exclude<OrderEvent['kind'], 'order_filled'>, name = 'a', time = 2): OrderEvent {
  const base = { time: epochMs(time), venueTime: epochMs(time), instrument: BTC, clientOrderId: id(name) }
  switch (kind) {
    case 'order_rejected':
      return { kind, ...base, code: 'X', message: 'no' }
    case 'order_canceled':
    case 'order_expired':
      return { kind, ...base, reason: 'r' }
    case 'order_unknown':
      return { kind, ...base, message: 'timeout' }
    case 'order_accepted':
    case 'order_triggered':
      return { kind, ...base }
  }
}

const fill = (tradeId: string, units: string, cumulative: string, done = false, name = 'a'): OrderEvent => ({
  kind: 'order_filled',
  time: epochMs(3),
  venueTime: epochMs(3),
  instrument: BTC,
  clientOrderId: id(name),
  tradeId,
  side: 'buy',
  price: price(1_000),
  quantity: quantity(units),
  fee: money(0),
  liquidity: 'taker',
  cumulative: quantity(cumulative),
  done,
})

function tracked(...events: readonly OrderEvent[]): OrderTracker {
  const tracker = createOrderTracker()
  tracker.submitted(request(), epochMs(1))
  for (const e of events) tracker.apply(e)
  return tracker
}

const stateAfter = (...events: readonly OrderEvent[]): string | undefined => tracked(...events).find(id('a'))?.state

describe('states', () => {
  test.each([
    [[], 'submitted'],
    [[event('order_accepted')], 'accepted'],
    [[event('order_unknown')], 'unknown'],
    [[event('order_unknown'), event('order_accepted')], 'accepted'],
    [[event('order_unknown'), event('order_rejected')], 'rejected'],
    [[event('order_accepted'), event('order_unknown')], 'accepted'],
    [[event('order_accepted'), event('order_triggered')], 'triggered'],
    [[event('order_triggered'), event('order_accepted')], 'triggered'],
    [[fill('1', '1', '1'), event('order_accepted')], 'partially_filled'],
    [[fill('1', '1', '1'), event('order_triggered')], 'partially_filled'],
    [[fill('1', '1', '1'), event('order_canceled')], 'canceled'],
    [[fill('1', '1', '1'), fill('2', '1', '2', true)], 'filled'],
    [[fill('1', '2', '2')], 'filled'],
    [[event('order_accepted'), event('order_expired')], 'expired'],
  ] as const)('%#: %o → %s', (events, state) => {
    expect(stateAfter(...events)).toBe(state)
  })

  test.each(['order_rejected', 'order_canceled', 'order_expired'] as const)(
    'after %s no status changes it any more',
    (end) => {
      const ended = stateAfter(event(end))
      for (const kind of [
        'order_accepted',
        'order_triggered',
        'order_rejected',
        'order_canceled',
        'order_expired',
        'order_unknown',
      ] as const) {
        if (end === 'order_rejected' && kind === 'order_accepted') continue
        const tracker = tracked(event(end))
        expect(tracker.apply(event(kind)).kind).toBe('duplicate')
        expect(tracker.find(id('a'))?.state).toBe(ended)
      }
    },
  )

  test('an order taken for never accepted that is accepted after all is open again', () => {
    const tracker = tracked(event('order_rejected'))
    expect(tracker.open.has(id('a'))).toBe(false)
    expect(tracker.apply(event('order_accepted')).kind).toBe('applied')
    expect(tracker.open.get(id('a'))?.state).toBe('accepted')
  })

  test('an order taken for never accepted that fills in part is open again until it ends', () => {
    const tracker = tracked(event('order_rejected'))
    tracker.find(id('a'))!.cancelAsked = true
    expect(tracker.apply(fill('1', '0.5', '0.5'))).toMatchObject({ kind: 'applied', revived: true })
    expect(tracker.open.get(id('a'))).toMatchObject({ state: 'partially_filled', cancelAsked: false })
    expect(tracker.apply(fill('2', '0.5', '1'))).toMatchObject({ kind: 'applied', revived: false })
    expect(tracker.apply(event('order_canceled')).kind).toBe('applied')
    expect(tracker.open.size).toBe(0)
    expect(tracker.find(id('a'))?.state).toBe('canceled')
    expect(tracker.ended()).toHaveLength(1)
  })

  test('one that fills whole is not', () => {
    const tracker = tracked(event('order_rejected'))
    expect(tracker.apply(fill('1', '2', '2', true))).toMatchObject({ kind: 'applied', revived: false })
    expect(tracker.open.size).toBe(0)
    expect(tracker.find(id('a'))?.state).toBe('filled')
  })

  test('a filled order is not open any more but still known', () => {
    const tracker = tracked(fill('1', '2', '2', true))
    expect(tracker.open.size).toBe(0)
    expect(tracker.find(id('a'))?.filled.toString()).toBe('2')
    expect(tracker.apply(event('order_canceled')).kind).toBe('duplicate')
    expect(tracker.find(id('a'))?.state).toBe('filled')
  })
})

describe('fills', () => {
  test('a fill after the cancellation counts: trades win over statuses', () => {
    const tracker = tracked(event('order_canceled'))
    expect(tracker.apply(fill('1', '1', '1')).kind).toBe('applied')
    expect(tracker.find(id('a'))).toMatchObject({ state: 'canceled' })
    expect(tracker.find(id('a'))?.filled.toString()).toBe('1')
    expect(tracker.apply(fill('2', '1', '2')).kind).toBe('applied')
    expect(tracker.find(id('a'))?.state).toBe('filled')
  })

  test('a trade id is counted once, whenever it is told again', () => {
    const tracker = tracked(fill('1', '1', '1'))
    expect(tracker.apply(fill('1', '1', '1')).kind).toBe('duplicate')
    tracker.apply(fill('2', '1', '2', true))
    expect(tracker.apply(fill('1', '1', '1')).kind).toBe('duplicate')
    expect(tracker.find(id('a'))?.filled.toString()).toBe('2')
  })

  test('fills that overtake each other add up, whatever running total each of them names', () => {
    const tracker = tracked(fill('2', '1.5', '2', true), fill('1', '0.5', '0.5'))
    expect(tracker.find(id('a'))?.filled.toString()).toBe('2')
    expect(tracker.find(id('a'))?.state).toBe('filled')
  })

  test('more than was ordered is a broken invariant', () => {
    const tracker = tracked(fill('1', '1.5', '1.5'))
    expect(() => tracker.apply(fill('2', '0.6', '2.1'))).toThrow('filled 2.1 of 2')
  })
})

describe('memory', () => {
  test('an order of somebody else is foreign', () => {
    expect(createOrderTracker().apply(event('order_accepted', 'zz')).kind).toBe('foreign')
  })

  test('the last 1024 finished orders are known, older ones are foreign', () => {
    const tracker = createOrderTracker()
    for (let i = 0; i < 1_025; i++) {
      tracker.submitted(request(`o${i}`), epochMs(i))
      tracker.apply(event('order_canceled', `o${i}`))
    }
    expect(tracker.open.size).toBe(0)
    expect(tracker.apply(event('order_canceled', 'o0')).kind).toBe('foreign')
    expect(tracker.apply(event('order_canceled', 'o1')).kind).toBe('duplicate')
  })

  test('an open order is never forgotten', () => {
    const tracker = createOrderTracker()
    tracker.submitted(request('kept'), epochMs(0))
    for (let i = 0; i < 1_100; i++) {
      tracker.submitted(request(`o${i}`), epochMs(i))
      tracker.apply(event('order_canceled', `o${i}`))
    }
    expect(tracker.apply(event('order_accepted', 'kept')).kind).toBe('applied')
  })
})
