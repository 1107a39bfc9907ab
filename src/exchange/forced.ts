import { Dec, wholeSteps, ZERO, type Decimal } from '../domain/decimal.ts'
import type { ForcedCause, PositionForced } from '../domain/event.ts'
import type { Money, Price, Quantity } from '../domain/unit.ts'
import { marginBehind, refresh, signOf } from './account.ts'
import { cancelOrder, emit, nextTradeId, stamp, type Core } from './core.ts'
import { bookTrade, drawInsurance } from './ledger.ts'
import { markAt } from './point.ts'
import { applyToPosition } from './position.ts'
import { cents, tickAgainst } from './rounding.ts'
import { cancelIdleReducers } from './settle.ts'
import type { Slot } from './slot.ts'
import type { Bankruptcy } from './tape.ts'

/**
 * Closes the whole position at the liquidation price, or at the mark when a gap went through it. The account never
 * pays more than its margin: beyond the bankruptcy price the insurance fund takes the position over. No slippage is
 * added, because the fee already takes what is left in all but the highest brackets.
 */
export function liquidate(core: Core, slot: Slot, gap: boolean, time: number): void {
  const sign = signOf(slot)
  const quantity = slot.position.signed.abs() as Quantity
  const margin = Dec.max(ZERO, marginBehind(core, slot))
  const met = tickAgainst(-sign as 1 | -1, gap ? markAt(slot, time) : slot.liquidation, slot.instrument)
  const bankrupt = slot.position.cost.minus(margin.times(sign)).div(quantity)
  const beyond = met.minus(bankrupt).times(sign).lt(0)
  const price = beyond ? atLeast(bankrupt, sign, slot) : met
  if (beyond) drawInsurance(core.books, Dec.max(ZERO, price.minus(met).times(sign).times(quantity)))

  const { realised } = applyToPosition(slot.position, -sign as 1 | -1, price, quantity)
  const left = Dec.max(ZERO, margin.plus(realised))
  const fee = Dec.min(cents(price.times(quantity).times(core.parameters.liquidationFeePct).div(100)), left)
  bookTrade(core.books, realised, ZERO, fee)
  force(core, slot, 'liquidation', sign, price, quantity, fee, time)
  for (const order of [...slot.orders]) cancelOrder(core, slot, order, 'liquidation', time)
  refresh(core, slot)
}

/** The tick nearest to the bankruptcy price that does not take more than the margin. */
const atLeast = (bankrupt: Decimal, sign: 1 | -1, slot: Slot): Price =>
  wholeSteps(bankrupt, slot.instrument.tickSize, sign > 0) as Price

function force(
  core: Core,
  slot: Slot,
  cause: ForcedCause,
  sign: 1 | -1,
  price: Price,
  quantity: Quantity,
  fee: Decimal,
  time: number,
): void {
  const event: PositionForced = {
    kind: 'position_forced',
    ...stamp(slot, time),
    cause,
    tradeId: nextTradeId(core),
    side: sign > 0 ? 'sell' : 'buy',
    price,
    quantity,
    fee: fee as Money,
  }
  emit(core, event)
  core.books.fillCount += 1
  if (core.keepFills) core.books.fills.push(event)
}

/** Closes (part of) a profitable position, because the other side of it could not pay. */
const deleverage = (core: Core, slot: Slot, price: Price, atMost: Decimal, time: number): void =>
  closeFree(core, slot, 'adl', price, atMost, time)

/** Closes (part of) a position without fee. */
function closeFree(core: Core, slot: Slot, cause: ForcedCause, price: Price, atMost: Decimal, time: number): void {
  const sign = signOf(slot)
  const quantity = Dec.min(atMost, slot.position.signed.abs()) as Quantity
  if (quantity.isZero()) return
  const { realised } = applyToPosition(slot.position, -sign as 1 | -1, price, quantity)
  bookTrade(core.books, realised, ZERO, ZERO)
  force(core, slot, cause, sign, price, quantity, ZERO, time)
  if (slot.position.signed.isZero()) {
    for (const order of [...slot.orders]) if (order.request.reduceOnly) cancelOrder(core, slot, order, cause, time)
  }
  cancelIdleReducers(core, slot, null, time)
  refresh(core, slot)
}

/** At the mark price, for no reason of the market's. A contract that is settled has no orders any more. */
export function forceClosed(core: Core, slot: Slot, cause: ForcedCause, time: number): void {
  if (cause === 'settlement') for (const order of [...slot.orders]) cancelOrder(core, slot, order, cause, time)
  if (slot.size === 0) return
  if (cause === 'liquidation') return liquidate(core, slot, true, time)
  const sign = signOf(slot)
  const price = tickAgainst(-sign as 1 | -1, markAt(slot, time), slot.instrument)
  closeFree(core, slot, cause, price, slot.position.signed.abs(), time)
}

const profitable = (slot: Slot): boolean => slot.size * (slot.mark - slot.entry) > 0

/**
 * Another trader's loss beyond margin: the fund bears it while it lasts. Then the account's position, if it is on the
 * other side and profitable, is assumed to stand first in the queue and is closed at the bankruptcy price.
 */
export function absorb(core: Core, slot: Slot, item: Bankruptcy): void {
  const bankrupt = item.direction === 'LONG' ? 1 : -1
  const perUnit = bankrupt * (item.bankruptcyPrice - slot.last)
  if (!(perUnit > 0)) return
  const loss = cents(new Dec(perUnit).times(item.quantity))
  if (loss.lte(core.books.insuranceFund)) return drawInsurance(core.books, loss)
  drawInsurance(core.books, core.books.insuranceFund)
  if (slot.size === 0 || signOf(slot) === bankrupt || !profitable(slot)) return
  const price = tickAgainst(bankrupt, item.bankruptcyPrice, slot.instrument)
  deleverage(core, slot, price, new Dec(item.quantity), item.time)
}

/**
 * The stress scenario on bars: at the favourable extreme of a wide bar a profitable position is deleveraged at the
 * middle between that extreme and the open, where those who went bankrupt on the way stood.
 */
export function stress(core: Core, slot: Slot, time: number): void {
  if (!slot.inBar || !slot.barWide || slot.size === 0 || !profitable(slot)) return
  const sign = signOf(slot)
  const extreme = sign > 0 ? slot.barHigh : slot.barLow
  if (time === slot.barTime || (sign > 0 ? slot.last < extreme : slot.last > extreme)) return
  const price = tickAgainst(-sign as 1 | -1, (slot.barOpen + extreme) / 2, slot.instrument)
  deleverage(core, slot, price, slot.position.signed.abs(), time)
}
