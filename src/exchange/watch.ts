import { timeOf } from './path.ts'
import { lastAt, markAt } from './point.ts'
import type { Slot } from './slot.ts'
import type { WorkingOrder } from './working-order.ts'

/** Whether a reduce-only order takes profit: the other half of an ambiguous bar. */
export const isTarget = (order: WorkingOrder): boolean => order.request.reduceOnly && !order.stop
export const isStop = (order: WorkingOrder): boolean => order.request.reduceOnly && order.stop

function listens(slot: Slot, order: WorkingOrder): boolean {
  if (order.state === 'resting') {
    if (slot.budget < order.request.instrument.lot) return false
  } else if (order.state !== 'armed') return false
  if (slot.held === 'nothing') return true
  return slot.held === 'targets' ? !isTarget(order) : !isStop(order)
}

/** A bar read as "target first" has no liquidation on the way either. */
const canLiquidate = (slot: Slot): boolean => !Number.isNaN(slot.liquidation) && slot.held !== 'stops'

/** Sets the bounds between which nothing can happen. To be called whenever orders, position, budget or bar change. */
export function setBounds(slot: Slot): void {
  let lastLow = -Infinity
  let lastHigh = Infinity
  let markLow = -Infinity
  let markHigh = Infinity
  for (const order of slot.orders) {
    if (!listens(slot, order)) continue
    if (order.onMark) {
      if (order.above) markHigh = Math.min(markHigh, order.level)
      else markLow = Math.max(markLow, order.level)
    } else if (order.above) lastHigh = Math.min(lastHigh, order.level)
    else lastLow = Math.max(lastLow, order.level)
  }
  if (canLiquidate(slot)) {
    if (slot.size > 0) markLow = Math.max(markLow, slot.liquidation)
    else markHigh = Math.min(markHigh, slot.liquidation)
  }
  slot.lastLow = lastLow
  slot.lastHigh = lastHigh
  slot.markLow = markLow
  slot.markHigh = markHigh
  slot.touched = !inside(slot, lastAt(slot, slot.cursor), markAt(slot, slot.cursor))
  slot.stale = true
}

/** Whether nothing can happen at these prices. */
export const inside = (slot: Slot, last: number, mark: number): boolean =>
  last < slot.lastHigh && last > slot.lastLow && mark < slot.markHigh && mark > slot.markLow

/**
 * Finds the first thing the known path makes happen after the cursor. What was beyond its level already happens at
 * once, in the order in which the price went through the levels; but a limit never fills at the very time of a bar's
 * open, because how much of it fills depends on the bar's volume.
 */
export function findCrossing(slot: Slot): void {
  const { crossing } = slot
  slot.stale = false
  crossing.time = Infinity
  crossing.rank = Infinity
  crossing.order = null
  if (!slot.known) return
  if (!slot.touched && (slot.next === null || slot.next.jump || inside(slot, slot.next.last, slot.next.mark))) return
  if (canLiquidate(slot)) consider(slot, null, slot.liquidation, slot.size < 0, true)
  for (const order of slot.orders)
    if (listens(slot, order)) consider(slot, order, order.level, order.above, order.onMark)
}

function consider(slot: Slot, order: WorkingOrder | null, level: number, above: boolean, onMark: boolean): void {
  const { crossing, cursor, next } = slot
  const now = onMark ? markAt(slot, cursor) : lastAt(slot, cursor)
  let time: number
  let rank: number
  const gap = above ? now >= level : now <= level
  if (gap) {
    const early = order !== null && order.state === 'resting' && slot.inBar && cursor === slot.barTime
    time = early ? cursor + 1 : cursor
    rank = -Math.abs(level - now)
  } else {
    if (next === null || next.jump) return
    const from = onMark ? slot.mark : slot.last
    const to = onMark ? next.mark : next.last
    if (above ? to < level : to > level) return
    time = Math.max(cursor, timeOf(slot.segment, from, to, level))
    rank = (level - from) / (to - from)
  }
  if (time < crossing.time || (time === crossing.time && rank < crossing.rank)) {
    crossing.time = time
    crossing.rank = rank
    crossing.order = order
    crossing.gap = gap
  }
}
