import { Dec, ZERO, type Decimal } from '../domain/decimal.ts'
import { compare, equals, isPositive, magnitude, sum, times } from '../domain/exact.ts'
import type { FundingPaid, OrderFilled } from '../domain/event.ts'
import { epochMs, type Money, type Price, type Quantity } from '../domain/unit.ts'
import { refresh } from './account.ts'
import { cancelOrder, emit, endOrder, nextTradeId, stamp, type Core } from './core.ts'
import { bookFunding, bookTrade } from './ledger.ts'
import { applyToPosition } from './position.ts'
import { cents } from './rounding.ts'
import type { Slot } from './slot.ts'
import { remaining, type WorkingOrder } from './working-order.ts'

/** Largest quantity that may still be filled: a reduce-only order never more than the position it reduces. */
export function fillable(slot: Slot, order: WorkingOrder): Quantity {
  const rest = remaining(order)
  if (!order.request.reduceOnly) return rest
  const { signed } = slot.position
  const reduces = signed.isPositive() ? order.sign < 0 : order.sign > 0
  if (signed.isZero() || !reduces) return ZERO as Quantity
  const held = magnitude(signed) as Quantity
  return compare(rest, held) <= 0 ? rest : held
}

/** A fee as a fraction; the two rates of an account are divided once. */
const ratios = new Map<number, Decimal>()
function feeRatio(bp: number): Decimal {
  const known = ratios.get(bp)
  if (known !== undefined) return known
  const ratio = new Dec(bp).div(10_000)
  ratios.set(bp, ratio)
  return ratio
}

/** Executes part or all of an order and books everything that follows from it. */
export function fill(
  core: Core,
  slot: Slot,
  order: WorkingOrder,
  price: Price,
  quantity: Quantity,
  liquidity: 'maker' | 'taker',
  time: number,
): void {
  const { parameters, books } = core
  const notional = times(price, quantity)
  const fee = times(notional, feeRatio(liquidity === 'maker' ? parameters.feeMakerBp : parameters.feeTakerBp)) as Money
  const { realised, opened } = applyToPosition(slot.position, order.sign, price, quantity, notional)
  bookTrade(books, realised, fee, ZERO)
  order.filled = sum(order.filled, quantity)
  const done = equals(order.filled, order.request.quantity)
  const event: OrderFilled = {
    kind: 'order_filled',
    time: epochMs(time),
    venueTime: epochMs(time),
    instrument: slot.instrument,
    clientOrderId: order.request.clientOrderId,
    tradeId: nextTradeId(core),
    side: order.request.side,
    price,
    quantity,
    fee,
    liquidity,
    cumulative: order.filled as Quantity,
    done,
  }
  emit(core, event)
  books.fillCount += 1
  if (core.keepFills) books.fills.push(event)
  if (done) endOrder(core, slot, order, event)
  cancelIdleReducers(core, slot, order, time)
  if (slot.fundedAt === time && !opened.isZero()) {
    settleFunding(core, slot, slot.fundedRate, slot.fundedMark, order.sign > 0 ? opened : opened.neg(), time)
  }
  refresh(core, slot)
}

/** Cancels reduce-only orders that have nothing left to reduce. */
export function cancelIdleReducers(core: Core, slot: Slot, cause: WorkingOrder | null, time: number): void {
  if (slot.orders.length === 0) return
  const { signed } = slot.position
  for (const order of [...slot.orders]) {
    if (!order.request.reduceOnly || (!signed.isZero() && isPositive(fillable(slot, order)))) continue
    cancelOrder(core, slot, order, order === cause || !signed.isZero() ? 'reduce_only' : 'position_closed', time)
  }
}

/** Quantity × mark × rate: at a positive rate longs pay. */
export function settleFunding(core: Core, slot: Slot, rate: number, mark: number, signed: Decimal, time: number): void {
  if (signed.isZero() || !Number.isFinite(rate) || !Number.isFinite(mark)) return
  const amount = cents(signed.times(mark).times(rate).neg()) as Money
  bookFunding(core.books, amount)
  slot.position.funding = slot.position.funding.plus(amount)
  const event: FundingPaid = {
    kind: 'funding_paid',
    ...stamp(slot, time),
    rate,
    mark: new Dec(mark) as Price,
    quantity: signed.abs() as Quantity,
    direction: signed.isPositive() ? 'LONG' : 'SHORT',
    amount,
  }
  emit(core, event)
  if (core.keepFills) core.books.fundings.push(event)
}
