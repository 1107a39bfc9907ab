import { numberOf } from '../domain/decimal.ts'
import { compare } from '../domain/exact.ts'
import type { Quantity } from '../domain/unit.ts'
import { refresh } from './account.ts'
import { tell, type Core } from './core.ts'
import { liquidate } from './forced.ts'
import { lotDown } from './rounding.ts'
import { fill, fillable } from './settle.ts'
import { barStopPrice } from './slippage.ts'
import type { Slot } from './slot.ts'
import { isStop, isTarget, setBounds } from './watch.ts'
import type { WorkingOrder } from './working-order.ts'

/** Carries out what the path has met. */
export function onCrossing(core: Core, slot: Slot): void {
  const { time, order, gap } = slot.crossing
  slot.cursor = time
  slot.stale = true
  if (order === null) return liquidate(core, slot, gap, time)
  if (!gap && slot.inBar && order.request.reduceOnly) {
    const instead = readAmbiguity(core, slot, order)
    if (instead === 'wait') return setBounds(slot)
    if (instead !== undefined) {
      slot.held = 'targets'
      return trigger(core, slot, instead, false, time)
    }
  }
  if (order.state === 'armed') trigger(core, slot, order, gap, time)
  else fillResting(core, slot, order, time)
}

const withinBar = (slot: Slot, order: WorkingOrder): boolean =>
  order.level <= slot.barHigh && order.level >= slot.barLow

/**
 * Stop and target in one bar: nobody knows which came first. `wait`: the other one is first, and the path has still to
 * reach it. An order: it was first although the assumed path has passed its level already. `undefined`: go ahead.
 */
function readAmbiguity(core: Core, slot: Slot, order: WorkingOrder): 'wait' | WorkingOrder | undefined {
  const counterpart = isStop(order) ? isTarget : isStop
  const other = slot.orders.find(
    (open) => counterpart(open) && open.sign === order.sign && open.state !== 'released' && withinBar(slot, open),
  )
  if (other === undefined) return undefined
  if (!slot.counted) {
    slot.counted = true
    core.books.ambiguousBars += 1
  }
  const stopFirst = core.parameters.ambiguousBar === 'stop_first'
  if (stopFirst === isStop(order)) return undefined
  const ahead = other.above ? slot.seenHigh < slot.barHigh : slot.seenLow > slot.barLow
  if (ahead) {
    slot.held = stopFirst ? 'targets' : 'stops'
    return 'wait'
  }
  return stopFirst ? other : undefined
}

/** The trigger fires; its market order follows after the latency. */
function trigger(core: Core, slot: Slot, order: WorkingOrder, gap: boolean, time: number): void {
  order.state = 'released'
  let arrival = time + core.parameters.latencyMs
  if (slot.inBar) {
    const base = gap && order.sign * (slot.last - order.level) > 0 ? slot.last : order.level
    const extreme = order.sign > 0 ? slot.barHigh : slot.barLow
    // What depends on the bar's extreme is never known at its open.
    arrival = Math.max(arrival, slot.barTime + 1)
    order.releasePrice = order.stop
      ? barStopPrice(order.sign, base, extreme, slot.barWide, core.parameters)
      : order.level
  }
  tell(core, slot, 'order_triggered', order.request.clientOrderId, time)
  slot.pending += 1
  core.schedule.add({ kind: 'release', time: arrival, instrument: slot.instrument, order })
  refresh(core, slot)
}

const lesser = (a: Quantity, b: Quantity): Quantity => (compare(a, b) <= 0 ? a : b)

/** A resting limit fills at its own price, as far as its share of the volume goes. */
function fillResting(core: Core, slot: Slot, order: WorkingOrder, time: number): void {
  const wanted = fillable(slot, order)
  const quantity = slot.budget === Infinity ? wanted : lesser(wanted, lotDown(slot.budget, slot.instrument))
  slot.budget -= numberOf(quantity)
  fill(core, slot, order, order.request.price!, quantity, 'maker', time)
}
