import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../../src/domain/candidate.ts'
import { ZERO } from '../../../src/domain/decimal.ts'
import type { OrderEvent } from '../../../src/domain/event.ts'
import type { ClientOrderId, OrderRequest } from '../../../src/domain/order.ts'
import type { Direction } from '../../../src/domain/side.ts'
import { epochMs, money, price, quantity, type Money, type Quantity } from '../../../src/domain/unit.ts'
import { listInstrument } from '../../../src/exchange/listing.ts'
import { onOrderEvent, type TradeProgress } from '../../../src/execution/bracket.ts'
import { entryOrder } from '../../../src/execution/entry-order.ts'
import { exitAtMarket } from '../../../src/execution/exit.ts'
import type { Instruction } from '../../../src/execution/instruction.ts'
import { openTrade, type OpenTrade } from '../../../src/execution/open-trade.ts'
import { createOrderTracker } from '../../../src/execution/order-tracker.ts'

const instrument = listInstrument('BTCUSDT', 0, Number.NaN)
const NOW = epochMs(1_700_000_000_000)

/** A trade with its tracker; `feed` delivers an event as the engine does and collects what is to be sent. */
function bench(direction: Direction = 'LONG', size = '1') {
  const long = direction === 'LONG'
  const candidate: Candidate = {
    strategy: 'liquidation_hunt',
    direction,
    time: NOW,
    anchor: null,
    targetClusterId: null,
    entry: 60_000,
    stop: long ? 59_000 : 61_000,
    target: long ? 62_000 : 58_000,
    grossRiskReward: 2,
    netRiskReward: 1.8,
    costRatio: 0.1,
    confidence: 0.9,
    flags: [],
    reason: 'test',
    refusals: [],
  }
  const trade = openTrade({
    candidate,
    instrument,
    strategyNumber: 1,
    epoch: 1,
    intent: 0,
    quantity: quantity(size),
    leverage: 5,
    stop: price(candidate.stop),
    target: price(candidate.target),
    targetSize: Number.NaN,
    time: NOW,
  })
  const tracker = createOrderTracker()
  const sent: OrderRequest[] = []
  const canceled: ClientOrderId[] = []
  const alerts: string[] = []
  let fills = 0

  function collect(out: readonly Instruction[]): void {
    for (const each of out) {
      if (each.kind === 'submit') {
        sent.push(each.request)
        tracker.submitted(each.request, NOW)
      } else if (each.kind === 'cancel') canceled.push(each.id)
      else if (each.kind === 'alert') alerts.push(each.code)
    }
  }
  const entry = entryOrder(trade, 60_000, { orderType: 'ioc', collarRatio: 0.005 })
  tracker.submitted(entry, NOW)

  function feed(event: OrderEvent): TradeProgress | 'ignored' {
    const applied = tracker.apply(event)
    if (applied.kind !== 'applied') return 'ignored'
    const out: Instruction[] = []
    const progress = onOrderEvent(trade, event, applied.order, out)
    collect(out)
    return progress
  }
  const base = { time: NOW, venueTime: NOW, instrument }
  return {
    trade,
    sent,
    canceled,
    alerts,
    entry,
    accept: (id: ClientOrderId) => feed({ kind: 'order_accepted', ...base, clientOrderId: id }),
    reject: (id: ClientOrderId) =>
      feed({ kind: 'order_rejected', ...base, clientOrderId: id, code: 'WOULD_TRIGGER', message: 'would trigger' }),
    cancel: (id: ClientOrderId) => feed({ kind: 'order_canceled', ...base, clientOrderId: id, reason: 'requested' }),
    expire: (id: ClientOrderId) => feed({ kind: 'order_expired', ...base, clientOrderId: id, reason: 'ioc' }),
    fill(
      id: ClientOrderId,
      units: string,
      at: string,
      options: { readonly done?: boolean; readonly tradeId?: string } = {},
    ) {
      const order = tracker.find(id)!.request
      const tradeId = options.tradeId ?? `x${fills++}`
      const cumulative = (tracker.find(id)?.filled ?? ZERO).plus(units) as Quantity
      return feed({
        kind: 'order_filled',
        ...base,
        clientOrderId: id,
        tradeId,
        side: order.side,
        price: price(at),
        quantity: quantity(units),
        fee: money('1') as Money,
        liquidity: 'taker',
        cumulative,
        done: options.done ?? cumulative.eq(order.quantity),
      })
    },
    exit(reason: 'time_stop'): void {
      const out: Instruction[] = []
      exitAtMarket(trade, reason, out)
      collect(out)
    },
    last: (leg: string): OrderRequest => sent.findLast((o) => o.leg === leg)!,
  }
}

const legs = (orders: readonly OrderRequest[]): readonly string[] =>
  orders.map((o) => `${o.leg} ${o.side} ${o.quantity.toString()}`)
const held = (trade: OpenTrade): string => trade.position.toString()

describe('an entry fill', () => {
  it('is guarded at once by a reduce-only stop on the mark and a reduce-only target of the same size', () => {
    const b = bench()
    expect(b.fill(b.entry.clientOrderId, '1', '60010')).toBe('open')
    expect(legs(b.sent)).toEqual(['stop sell 1', 'target sell 1'])
    const [stop, target] = [b.last('stop'), b.last('target')]
    expect([stop.type, stop.triggerPrice?.toString(), stop.triggerBy, stop.reduceOnly]).toEqual([
      'stop_market',
      '59000',
      'mark',
      true,
    ])
    expect([target.type, target.price?.toString(), target.reduceOnly]).toEqual(['limit', '62000', true])
  })

  it('is mirrored for a short', () => {
    const b = bench('SHORT')
    b.fill(b.entry.clientOrderId, '1', '59990')
    expect(legs(b.sent)).toEqual(['stop buy 1', 'target buy 1'])
  })

  it('in parts makes the protection grow: the new leg rests before the old one is canceled, never two on the way', () => {
    const b = bench()
    b.fill(b.entry.clientOrderId, '0.4', '60000', { done: false })
    const first = b.last('stop')
    b.fill(b.entry.clientOrderId, '0.6', '60000')
    expect(legs(b.sent)).toEqual(['stop sell 0.4', 'target sell 0.4'])
    b.accept(first.clientOrderId)
    expect(b.last('stop').quantity.toString()).toBe('1')
    expect(b.canceled).toEqual([])
    b.accept(b.last('stop').clientOrderId)
    expect(b.canceled).toEqual([first.clientOrderId])
  })

  it('that never comes makes no trade', () => {
    const b = bench()
    expect(b.expire(b.entry.clientOrderId)).toBe('void')
    expect(b.sent).toEqual([])
  })

  it('is counted once, however often it is told', () => {
    const b = bench()
    b.fill(b.entry.clientOrderId, '0.5', '60000', { tradeId: 'same', done: false })
    expect(b.fill(b.entry.clientOrderId, '0.5', '60000', { tradeId: 'same', done: false })).toBe('ignored')
    expect(held(b.trade)).toBe('0.5')
  })
})

describe('a closing fill', () => {
  const opened = (): ReturnType<typeof bench> => {
    const b = bench()
    b.fill(b.entry.clientOrderId, '1', '60000')
    b.accept(b.last('stop').clientOrderId)
    b.accept(b.last('target').clientOrderId)
    return b
  }

  it('of the stop cancels the target and ends the trade', () => {
    const b = opened()
    expect(b.fill(b.last('stop').clientOrderId, '1', '58990')).toBe('closed')
    expect(b.canceled).toEqual([b.last('target').clientOrderId])
    expect([b.trade.exitReason, held(b.trade), b.trade.fees.toString()]).toEqual(['stop', '0', '2'])
  })

  it('of a part of the target shrinks the stop', () => {
    const b = opened()
    const stop = b.last('stop').clientOrderId
    expect(b.fill(b.last('target').clientOrderId, '0.3', '62000')).toBe('open')
    expect(b.last('stop').quantity.toString()).toBe('0.7')
    b.accept(b.last('stop').clientOrderId)
    expect(b.canceled).toEqual([stop])
    expect(legs(b.sent).filter((leg) => leg.startsWith('target'))).toHaveLength(1)
  })

  it('may come after the order was reported canceled: trades win over statuses', () => {
    const b = opened()
    const target = b.last('target').clientOrderId
    b.exit('time_stop')
    b.cancel(target)
    b.fill(target, '1', '62000')
    expect(held(b.trade)).toBe('0')
    expect(b.trade.exitReason).toBe('target')
  })

  it('leaves no rest behind: an exit that ends with one is sent again', () => {
    const b = opened()
    b.exit('time_stop')
    b.fill(b.last('exit').clientOrderId, '0.4', '59900', { done: false })
    b.expire(b.last('exit').clientOrderId)
    expect(legs(b.sent).filter((leg) => leg.startsWith('exit'))).toEqual(['exit sell 1', 'exit sell 0.6'])
    expect(b.fill(b.last('exit').clientOrderId, '0.6', '59900')).toBe('closed')
    expect(b.trade.exitReason).toBe('time_stop')
  })

  it('never uses an order id twice', () => {
    const b = opened()
    b.fill(b.last('target').clientOrderId, '0.3', '62000')
    b.exit('time_stop')
    const ids = [b.entry, ...b.sent].map((o) => o.clientOrderId)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('a lost leg', () => {
  it('that was rejected as a stop ends in a reduce-only market exit and an alert, and no other stop', () => {
    const b = bench()
    b.fill(b.entry.clientOrderId, '1', '60000')
    b.reject(b.last('stop').clientOrderId)
    expect(legs(b.sent)).toEqual(['stop sell 1', 'target sell 1', 'exit sell 1'])
    expect([b.last('exit').type, b.last('exit').reduceOnly]).toEqual(['market', true])
    expect(b.alerts).toEqual(['STOP_REJECTED'])
    expect(b.fill(b.last('exit').clientOrderId, '1', '58900')).toBe('closed')
    expect(b.trade.exitReason).toBe('unprotected')
  })

  it('that the venue canceled is placed again, but not for ever', () => {
    const b = bench()
    b.fill(b.entry.clientOrderId, '1', '60000')
    for (let lost = 1; lost <= 5; lost++) {
      b.accept(b.last('stop').clientOrderId)
      b.cancel(b.last('stop').clientOrderId)
      expect(b.sent.filter((o) => o.leg === 'stop')).toHaveLength(lost + 1)
    }
    expect(b.alerts).toEqual([])
    b.accept(b.last('stop').clientOrderId)
    b.cancel(b.last('stop').clientOrderId)
    expect(b.alerts).toEqual(['STOP_REJECTED'])
    expect(b.sent.at(-1)!.leg).toBe('exit')
  })
})
