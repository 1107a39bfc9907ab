import { numberOf } from '../domain/decimal.ts'
import { compare } from '../domain/exact.ts'
import type { OrderEvent } from '../domain/event.ts'
import { NEVER_ACCEPTED, type ClientOrderId, type OrderRequest } from '../domain/order.ts'
import type { Price } from '../domain/unit.ts'
import { refresh } from './account.ts'
import { checkAccount, checkMargin, checkShape, type Rejection } from './admission.ts'
import { cancelOrder, emit, expireOrder, remember, stamp, tell, type Core } from './core.ts'
import { lastAt, markAt } from './point.ts'
import { tickAgainst } from './rounding.ts'
import { fill, fillable } from './settle.ts'
import { halfSpread, takerPrice, type MarketState } from './slippage.ts'
import type { Slot } from './slot.ts'
import { workingOrder, type WorkingOrder } from './working-order.ts'

/** The market at a moment between two points; the book moves along with the price. */
function marketAt(slot: Slot, time: number): MarketState {
  const last = lastAt(slot, time)
  const shift = last - slot.last
  return {
    last,
    bid: slot.bid + shift,
    ask: slot.ask + shift,
    minuteVolatility: slot.minuteVolatility,
    minuteVolume: slot.minuteVolume,
    cascade: slot.cascade || (slot.next !== null && slot.next.cascade && !slot.next.jump),
  }
}

/** An order reaches the exchange. */
export function onSubmit(core: Core, slot: Slot, request: OrderRequest, time: number): void {
  const order = workingOrder(request)
  const refused = slot.known
    ? accept(core, slot, order, time)
    : { code: 'NO_PRICE' as const, message: 'the market has not opened' }
  if (refused !== undefined) reject(core, slot, request.clientOrderId, refused, time)
  refresh(core, slot)
}

function accept(core: Core, slot: Slot, order: WorkingOrder, time: number): Rejection | undefined {
  const { request } = order
  const market = marketAt(slot, time)
  const bad = checkShape(request) ?? checkAccount(core, slot, order, market.last)
  if (bad !== undefined) return bad
  switch (request.type) {
    case 'stop_market':
    case 'take_profit_market': {
      const now = order.onMark ? markAt(slot, time) : market.last
      if (order.above ? now >= order.level : now <= order.level) {
        return { code: 'WOULD_TRIGGER', message: `trigger ${request.triggerPrice} would fire at once at ${now}` }
      }
      acknowledge(core, slot, order, time)
      slot.orders.push(order)
      return undefined
    }
    case 'market': {
      const price = takePrice(core, slot, order, market)
      const poor = checkMargin(core, slot, order, price)
      if (poor !== undefined) return poor
      acknowledge(core, slot, order, time)
      take(core, slot, order, price, time)
      return undefined
    }
    case 'limit':
      return acceptLimit(core, slot, order, market, time)
  }
}

function acceptLimit(
  core: Core,
  slot: Slot,
  order: WorkingOrder,
  market: MarketState,
  time: number,
): Rejection | undefined {
  const { request, sign } = order
  const limit = request.price!
  const poor = checkMargin(core, slot, order, limit)
  if (poor !== undefined) return poor
  if (request.timeInForce === 'GTX') {
    const quote = tickAgainst(sign, market.last + sign * halfSpread(sign, market, slot.spread), slot.instrument)
    if (compare(limit, quote) * sign >= 0)
      return { code: 'POST_ONLY', message: `limit ${limit} would take at ${quote}` }
  }
  acknowledge(core, slot, order, time)
  const price = takePrice(core, slot, order, market)
  const crosses = compare(limit, price) * sign >= 0 && request.timeInForce !== 'GTX'
  if (crosses) take(core, slot, order, price, time)
  else if (request.timeInForce === 'IOC') expireOrder(core, slot, order, 'ioc', time)
  else {
    // Better than the last price, it still needs a trade worse than the one it arrived at.
    order.level =
      sign > 0
        ? Math.min(order.level, market.last - slot.instrument.tick)
        : Math.max(order.level, market.last + slot.instrument.tick)
    slot.orders.push(order)
  }
  return undefined
}

const takePrice = (core: Core, slot: Slot, order: WorkingOrder, market: MarketState): Price =>
  tickAgainst(
    order.sign,
    takerPrice(order.sign, numberOf(fillable(slot, order)), market, slot.spread, core.parameters, order.stop),
    slot.instrument,
  )

/** Fills what can be filled at once; a reduce-only rest has nothing to reduce and goes. */
function take(core: Core, slot: Slot, order: WorkingOrder, price: Price, time: number): void {
  fill(core, slot, order, price, fillable(slot, order), 'taker', time)
  if (order.state !== 'done') cancelOrder(core, slot, order, 'reduce_only', time)
}

const acknowledge = (core: Core, slot: Slot, order: WorkingOrder, time: number): number =>
  tell(core, slot, 'order_accepted', order.request.clientOrderId, time)

function reject(core: Core, slot: Slot, id: ClientOrderId, why: Rejection, time: number): void {
  const event: OrderEvent = {
    kind: 'order_rejected',
    ...stamp(slot, time),
    clientOrderId: id,
    code: why.code,
    message: why.message,
  }
  emit(core, event)
  if (why.code !== 'DUPLICATE_ID') remember(core, event)
}

/** A cancel that comes too late changes nothing: how the order ended has been said already. */
export function onCancel(core: Core, slot: Slot, id: ClientOrderId, time: number): void {
  const order = slot.orders.find((open) => open.request.clientOrderId === id)
  if (order !== undefined && order.state !== 'released') {
    cancelOrder(core, slot, order, 'requested', time)
    refresh(core, slot)
  }
}

/** Answers with the order's last event: accepted while it works, its end once it has ended, else proof of absence. */
export function onQuery(core: Core, slot: Slot, id: ClientOrderId, time: number): void {
  const open = slot.orders.find((order) => order.request.clientOrderId === id)
  if (open !== undefined) {
    tell(core, slot, open.state === 'released' ? 'order_triggered' : 'order_accepted', id, time)
    return
  }
  const ended = core.ended.find(id)
  if (ended !== undefined) emit(core, { ...ended, time: stamp(slot, time).time })
  else reject(core, slot, id, { code: NEVER_ACCEPTED, message: `no order ${id}` }, time)
}

/** The market child of a triggered order meets the market. */
export function onRelease(core: Core, slot: Slot, order: WorkingOrder, time: number): void {
  if (order.state !== 'released') return
  const market = marketAt(slot, time)
  const sign = order.sign
  const inBar = !Number.isNaN(order.releasePrice)
  const worst = inBar && sign * (order.releasePrice - market.last) > 0 ? order.releasePrice : market.last
  const price =
    inBar && order.stop
      ? tickAgainst(sign, worst, slot.instrument)
      : takePrice(core, slot, order, inBar ? { ...market, last: worst } : market)
  const poor = checkMargin(core, slot, order, price)
  if (poor !== undefined) expireOrder(core, slot, order, poor.code, time)
  else take(core, slot, order, price, time)
  refresh(core, slot)
}
