import { equals, isPositive, minus } from '../domain/exact.ts'
import type { OrderRequest, ProtectiveLeg } from '../domain/order.ts'
import { closingQuantity } from '../domain/instrument.ts'
import { clear } from '../domain/short-list.ts'
import type { Price, Quantity } from '../domain/unit.ts'
import type { Instruction } from './instruction.ts'
import { nextLegId, type OpenTrade, type RestingLeg } from './open-trade.ts'

/** Before a leg that was certainly not placed is placed again, the first time. */
export const FIRST_PAUSE_MS = 500

function stopOrder(trade: OpenTrade): OrderRequest {
  return {
    clientOrderId: nextLegId(trade, 'stop'),
    instrument: trade.instrument,
    side: trade.exitSide,
    type: 'stop_market',
    quantity: closingQuantity(trade.position, trade.instrument),
    triggerPrice: trade.stopPrice,
    triggerBy: 'mark',
    timeInForce: 'GTC',
    reduceOnly: true,
    leg: 'stop',
    tradeId: trade.id,
  }
}

function targetOrder(trade: OpenTrade): OrderRequest {
  return {
    clientOrderId: nextLegId(trade, 'target'),
    instrument: trade.instrument,
    side: trade.exitSide,
    type: 'limit',
    quantity: closingQuantity(trade.position, trade.instrument),
    price: trade.targetPrice,
    timeInForce: 'GTC',
    reduceOnly: true,
    leg: 'target',
    tradeId: trade.id,
  }
}

const fits = (leg: RestingLeg, price: Price, trade: OpenTrade): boolean =>
  isWhole(leg.quantity, trade) && (leg.price === price || equals(leg.price, price))

const isWhole = (quantity: Quantity, { position, instrument }: OpenTrade): boolean =>
  quantity === position || equals(quantity, position) || equals(quantity, closingQuantity(position, instrument))

/** A leg still on its way is left alone until it rests: never more than one replacement at a time. */
const mayReplace = (leg: RestingLeg | null): boolean => leg === null || leg.accepted

/**
 * Brings the protective legs in line with the open quantity and the wanted prices. New legs are placed before old ones
 * are cancelled (`retire`). Idempotent: nothing is sent when all fits. Call it after every event of the trade.
 */
export function protect(trade: OpenTrade, out: Instruction[]): void {
  if (!isPositive(trade.position)) return
  const { stop, target } = trade
  // Where the stop has gone while an exit is on its way, the exit is the protection.
  const wanted = !trade.stopRefused && (stop !== null || trade.exitId === null)
  if (
    wanted &&
    !isPaused(trade, 'stop') &&
    mayReplace(stop) &&
    (stop === null || !fits(stop, trade.stopPrice, trade))
  ) {
    if (stop) trade.retiring.push({ id: stop.id, leg: 'stop', quantity: stop.quantity, accepted: stop.accepted })
    const request = stopOrder(trade)
    trade.putOff.stop.pauseMs = 0
    trade.stop = { id: request.clientOrderId, price: trade.stopPrice, quantity: request.quantity, accepted: false }
    out.push({ kind: 'submit', request })
  }
  // While a market exit is on its way, or is to be tried again, the target is of no more use; the stop stays to the last.
  const kept = trade.exitId === null && trade.exitFailures === 0
  if (
    kept &&
    !isPaused(trade, 'target') &&
    mayReplace(target) &&
    (target === null || !fits(target, trade.targetPrice, trade))
  ) {
    if (target)
      trade.retiring.push({ id: target.id, leg: 'target', quantity: target.quantity, accepted: target.accepted })
    const request = targetOrder(trade)
    trade.target = { id: request.clientOrderId, price: trade.targetPrice, quantity: request.quantity, accepted: false }
    out.push({ kind: 'submit', request })
  }
}

/** Whether the next leg of a kind waits. A stop waits longer than the first pause only while others cover the position. */
export function isPaused(trade: OpenTrade, leg: ProtectiveLeg): boolean {
  const { pauseMs } = trade.putOff[leg]
  return pauseMs > 0 && (leg === 'target' || pauseMs <= FIRST_PAUSE_MS || isCovered(trade))
}

/** Whether the stops that are known to rest would close all of the position, those about to be replaced included. */
export function isCovered(trade: OpenTrade): boolean {
  const { stop, position } = trade
  let left = stop?.accepted === true ? minus(position, stop.quantity) : position
  for (const old of trade.retiring) if (old.leg === 'stop' && old.accepted) left = minus(left, old.quantity)
  return !isPositive(left)
}

/**
 * The stop was not confirmed in time, or is not shown: another one is placed beside it, and the first goes once the second rests. Both
 * only reduce, so that the worst is a stop too many.
 */
export function placeAnotherStop(trade: OpenTrade, out: Instruction[]): void {
  const { stop } = trade
  if (stop) {
    trade.retiring.push({ id: stop.id, leg: 'stop', quantity: stop.quantity, accepted: false })
    trade.stop = null
  }
  trade.unconfirmedStops += 1
  protect(trade, out)
}

/** Cancels the legs that `accepted` replaced, now that it rests. */
export function retire(trade: OpenTrade, accepted: RestingLeg, out: Instruction[]): void {
  const leg = accepted === trade.stop ? 'stop' : 'target'
  for (let i = trade.retiring.length - 1; i >= 0; i--) {
    const old = trade.retiring[i]!
    if (old.leg !== leg) continue
    out.push({ kind: 'cancel', id: old.id, instrument: trade.instrument })
    trade.retiring.splice(i, 1)
  }
}

/** Cancels every leg of a trade whose position is gone, and an entry that still works. */
export function cancelLegs(trade: OpenTrade, out: Instruction[]): void {
  const { instrument } = trade
  if (!trade.entryDone) out.push({ kind: 'cancel', id: trade.entryId, instrument })
  if (trade.stop) out.push({ kind: 'cancel', id: trade.stop.id, instrument })
  if (trade.target) out.push({ kind: 'cancel', id: trade.target.id, instrument })
  for (const old of trade.retiring) out.push({ kind: 'cancel', id: old.id, instrument })
  trade.stop = null
  trade.target = null
  clear(trade.retiring)
}
