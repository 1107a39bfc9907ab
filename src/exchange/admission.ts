import { Dec, isMultipleOf, numberOf, ZERO, type Decimal } from '../domain/decimal.ts'
import { compare } from '../domain/exact.ts'
import type { NEVER_ACCEPTED, ClientOrderId, OrderRequest } from '../domain/order.ts'
import type { Price } from '../domain/unit.ts'
import { freeMargin } from './account.ts'
import type { Core } from './core.ts'
import { leverageCap } from './margin.ts'
import { fillable } from './settle.ts'
import type { Slot } from './slot.ts'
import type { WorkingOrder } from './working-order.ts'

/** Why the exchange refuses an order. A closed list; codes are stable. */
export type RejectCode =
  | 'NO_PRICE'
  | 'BAD_ORDER'
  | 'TICK_SIZE'
  | 'LOT_SIZE'
  | 'MIN_QUANTITY'
  | 'MAX_QUANTITY'
  | 'DUPLICATE_ID'
  | 'TOO_MANY_ORDERS'
  | 'REDUCE_ONLY'
  | 'MIN_NOTIONAL'
  | 'MAX_LEVERAGE'
  | 'INSUFFICIENT_MARGIN'
  | 'WOULD_TRIGGER'
  | 'POST_ONLY'
  | typeof NEVER_ACCEPTED

export interface Rejection {
  readonly code: RejectCode
  readonly message: string
}

const MAX_OPEN_ORDERS = 200
/** Two amounts whose ratio is beyond this differ whatever doubles have rounded away. */
const CLOSE = 1 + 1e-9

/** An order of NaN passes no comparison and is refused like one of nothing. */
const isAboveZero = (value: Decimal): boolean => value.isPositive() && !value.isZero()

const no = (code: RejectCode, message: string): Rejection => ({ code, message })

/** What can be said of an order without looking at the account: `undefined` when it is well formed. */
export function checkShape(request: OrderRequest): Rejection | undefined {
  const { instrument, quantity, price, triggerPrice, type } = request
  const limit = type === 'limit'
  const trigger = type === 'stop_market' || type === 'take_profit_market'
  if (limit !== (price !== undefined)) return no('BAD_ORDER', `a ${type} order ${limit ? 'needs' : 'has no'} price`)
  if (trigger !== (triggerPrice !== undefined))
    return no('BAD_ORDER', `a ${type} order ${trigger ? 'needs' : 'has no'} trigger price`)
  const level = price ?? triggerPrice
  if (level !== undefined && !isAboveZero(level)) return no('TICK_SIZE', `price ${level} is not positive`)
  if (level !== undefined && !isMultipleOf(level, instrument.tickSize))
    return no('TICK_SIZE', `price ${level} is no multiple of ${instrument.tickSize}`)
  if (compare(quantity, instrument.minQuantity) < 0 || !isAboveZero(quantity))
    return no('MIN_QUANTITY', `quantity ${quantity} below ${instrument.minQuantity}`)
  if (compare(quantity, instrument.maxQuantity) > 0)
    return no('MAX_QUANTITY', `quantity ${quantity} above ${instrument.maxQuantity}`)
  if (!isMultipleOf(quantity, instrument.lotSize))
    return no('LOT_SIZE', `quantity ${quantity} is no multiple of ${instrument.lotSize}`)
  return undefined
}

function isOpen(core: Core, id: ClientOrderId): boolean {
  for (const { orders } of core.active) for (const { request } of orders) if (request.clientOrderId === id) return true
  return false
}

/** What the account says to an order: duplicates, reduce-only, smallest notional. */
export function checkAccount(core: Core, slot: Slot, order: WorkingOrder, last: number): Rejection | undefined {
  const { request } = order
  const id = request.clientOrderId
  if (isOpen(core, id)) return no('DUPLICATE_ID', `client order id ${id} is open`)
  if (slot.orders.length >= MAX_OPEN_ORDERS) return no('TOO_MANY_ORDERS', `more than ${MAX_OPEN_ORDERS} open orders`)
  if (request.reduceOnly)
    return isAboveZero(fillable(slot, order)) ? undefined : no('REDUCE_ONLY', 'no position that the order would reduce')
  const level = request.price ?? request.triggerPrice
  const { quantity, instrument } = request
  // Doubles settle what is not close; the exact product is for what might be.
  const about = (level === undefined ? last : numberOf(level)) * numberOf(quantity)
  if (about > numberOf(instrument.minNotional) * CLOSE) return undefined
  const notional = (level ?? new Dec(last)).times(quantity)
  if (notional.lt(request.instrument.minNotional))
    return no('MIN_NOTIONAL', `notional ${notional} below ${request.instrument.minNotional}`)
  return undefined
}

/** Quantity by which an order enlarges the position, or opens the opposite one. */
const enlarging = (slot: Slot, order: WorkingOrder): Decimal => {
  const { signed } = slot.position
  const { quantity } = order.request
  const against = !signed.isZero() && signed.isPositive() !== order.sign > 0
  return against ? Dec.max(ZERO, quantity.minus(signed.abs())) : quantity
}

/** Whether doubles suffice to see that an order of this notional is carried: leverage and margin are not even close. */
function isCarried(core: Core, slot: Slot, notional: number, against: boolean, free: number): boolean {
  const after = (against ? notional : notional + numberOf(slot.position.cost)) * CLOSE
  if (slot.leverage > leverageCap(after, slot.instrument.marginTiers)) return false
  return (notional / slot.leverage + (notional * core.parameters.feeTakerBp) / 10_000) * CLOSE < free
}

/** Whether the account can carry what the order would open at `price`, its taker fee included. */
export function checkMargin(core: Core, slot: Slot, order: WorkingOrder, price: Price): Rejection | undefined {
  if (order.request.reduceOnly) return undefined
  const added = enlarging(slot, order)
  if (added.isZero()) return undefined
  const against = slot.size !== 0 && slot.size > 0 !== order.sign > 0
  const free = freeMargin(core)
  if (isCarried(core, slot, numberOf(price) * numberOf(added), against, numberOf(free))) return undefined
  const notional = price.times(added)
  const after = (against ? notional : notional.plus(slot.position.cost)).toNumber()
  const cap = leverageCap(after, slot.instrument.marginTiers)
  if (slot.leverage > cap) return no('MAX_LEVERAGE', `leverage ${slot.leverage} above ${cap} at a notional of ${after}`)
  const needed = notional.div(slot.leverage).plus(notional.times(core.parameters.feeTakerBp).div(10_000))
  return needed.gt(free) ? no('INSUFFICIENT_MARGIN', `margin ${needed} needed, ${free} free`) : undefined
}
