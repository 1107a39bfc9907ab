import { Dec } from '../../../src/domain/decimal.ts'
import type { OrderEvent } from '../../../src/domain/event.ts'
import type { Instrument } from '../../../src/domain/instrument.ts'
import type { ClientOrderId, Leg, OrderRequest } from '../../../src/domain/order.ts'
import type { Direction } from '../../../src/domain/side.ts'
import { epochMs, money, price, quantity } from '../../../src/domain/unit.ts'
import { onOrderEvent, type TradeProgress } from '../../../src/execution/bracket.ts'
import type { Instruction } from '../../../src/execution/instruction.ts'
import { openTrade, type OpenTrade } from '../../../src/execution/open-trade.ts'
import { createOrderTracker, type OrderTracker } from '../../../src/execution/order-tracker.ts'
import { candidate, instrument as strategyInstrument } from '../strategy/scene.ts'

export const BTC: Instrument = strategyInstrument(0.1)

export interface BracketScene {
  readonly trade: OpenTrade
  readonly tracker: OrderTracker
  /** Everything that was asked for so far. */
  readonly sent: OrderRequest[]
  /** What the last event led to. */
  last: readonly Instruction[]
  progress: TradeProgress
  accept(id: ClientOrderId): void
  trigger(id: ClientOrderId): void
  reject(id: ClientOrderId, code?: string): void
  cancel(id: ClientOrderId): void
  expire(id: ClientOrderId): void
  fill(
    id: ClientOrderId,
    units: string,
    at?: number,
    more?: { readonly tradeId?: string; readonly done?: boolean },
  ): void
  /** Takes in instructions that were made outside an order event. */
  take(out: Instruction[]): void
  /** The newest order of a leg. */
  newest(leg: Leg): OrderRequest
  count(leg: Leg): number
}

/** A trade of 1 BTC at 1000 with its stop at 990 and its target at 1015 (mirrored for SHORT), entry just sent. */
export function bracket(direction: Direction = 'LONG', planned = '1'): BracketScene {
  const s = direction === 'LONG' ? 1 : -1
  const trade = openTrade({
    candidate: candidate({ direction, stop: 1_000 - 10 * s, target: 1_000 + 15 * s }),
    instrument: BTC,
    strategyNumber: 1,
    epoch: 1,
    intent: 0,
    quantity: quantity(planned),
    leverage: 5,
    stop: price(1_000 - 10 * s),
    target: price(1_000 + 15 * s),
    targetSize: 200,
    time: epochMs(1_000),
  })
  const tracker = createOrderTracker()
  const sent: OrderRequest[] = []
  let fills = 0
  let clock = 1_000
  const entry: OrderRequest = {
    clientOrderId: trade.entryId,
    instrument: BTC,
    side: s > 0 ? 'buy' : 'sell',
    type: 'limit',
    quantity: quantity(planned),
    price: price(1_000),
    timeInForce: 'GTC',
    reduceOnly: false,
    leg: 'entry',
    tradeId: trade.id,
  }
  tracker.submitted(entry, epochMs(1_000))

  function hear(event: OrderEvent): void {
    const applied = tracker.apply(event)
    if (applied.kind !== 'applied') {
      scene.last = []
      return
    }
    const out: Instruction[] = []
    scene.progress = onOrderEvent(trade, event, applied.order, out)
    scene.take(out)
  }

  const base = (
    id: ClientOrderId,
  ): {
    time: ReturnType<typeof epochMs>
    venueTime: ReturnType<typeof epochMs>
    instrument: Instrument
    clientOrderId: ClientOrderId
  } => {
    clock += 10
    return { time: epochMs(clock), venueTime: epochMs(clock), instrument: BTC, clientOrderId: id }
  }

  const scene: BracketScene = {
    trade,
    tracker,
    sent,
    last: [],
    progress: 'open',
    accept: (id) => hear({ kind: 'order_accepted', ...base(id) }),
    trigger: (id) => hear({ kind: 'order_triggered', ...base(id) }),
    reject: (id, code = 'X') => hear({ kind: 'order_rejected', ...base(id), code, message: 'no' }),
    cancel: (id) => hear({ kind: 'order_canceled', ...base(id), reason: 'venue' }),
    expire: (id) => hear({ kind: 'order_expired', ...base(id), reason: 'ioc' }),
    fill(id, units, at = 1_000, more = {}) {
      const order = tracker.find(id)
      if (!order) throw new Error(`no order ${id}`)
      const cumulative = order.filled.plus(units)
      fills++
      hear({
        kind: 'order_filled',
        ...base(id),
        tradeId: more.tradeId ?? `f${fills}`,
        side: order.request.side,
        price: price(at),
        quantity: quantity(units),
        fee: money('0.1'),
        liquidity: 'taker',
        cumulative: quantity(cumulative),
        done: more.done ?? cumulative.gte(order.request.quantity),
      })
    },
    take(out) {
      for (const instruction of out) {
        if (instruction.kind !== 'submit') continue
        sent.push(instruction.request)
        clock += 1
        tracker.submitted(instruction.request, epochMs(clock))
      }
      scene.last = out
    },
    newest(leg) {
      const found = sent.findLast((request) => request.leg === leg)
      if (!found) throw new Error(`no ${leg} was sent`)
      return found
    },
    count: (leg) => sent.filter((request) => request.leg === leg).length,
  }
  return scene
}

/** The scene after the whole entry has filled and both legs rest. */
export function protectedBracket(direction: Direction = 'LONG', units = '1'): BracketScene {
  const scene = bracket(direction, units)
  scene.accept(scene.trade.entryId)
  scene.fill(scene.trade.entryId, units)
  scene.accept(scene.newest('stop').clientOrderId)
  scene.accept(scene.newest('target').clientOrderId)
  return scene
}

export const submits = (out: readonly Instruction[]): readonly OrderRequest[] =>
  out.flatMap((i) => (i.kind === 'submit' ? [i.request] : []))
export const cancels = (out: readonly Instruction[]): readonly ClientOrderId[] =>
  out.flatMap((i) => (i.kind === 'cancel' ? [i.id] : []))
export const alerts = (out: readonly Instruction[]): readonly string[] =>
  out.flatMap((i) => (i.kind === 'alert' ? [`${i.level} ${i.code}`] : []))

/** Quantity of all orders of a leg that may still work as far as the bot knows. */
export function working(scene: BracketScene, leg: Leg): number {
  let total = new Dec(0)
  for (const order of scene.tracker.open.values()) {
    if (order.request.leg === leg) total = total.plus(order.request.quantity.minus(order.filled))
  }
  return total.toNumber()
}
