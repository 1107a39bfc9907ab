import { MINUTE_MS } from '../domain/time.ts'
import { priceAt } from './path.ts'
import type { Slot } from './slot.ts'
import type { Move, WholePath } from './tape.ts'

/** A volume that is not known caps nothing. */
const budgetOf = (volume: number, pct: number): number => (Number.isNaN(volume) ? Infinity : (volume * pct) / 100)

/** The path has arrived at `move`. True when orders that were held back may be served again. */
export function arrive(slot: Slot, move: Move, limitVolumePct: number): boolean {
  const waiting = slot.held !== 'nothing' || slot.budget < slot.instrument.lot
  slot.known = true
  slot.time = move.time
  slot.cursor = move.time
  slot.last = move.last
  slot.mark = move.mark
  slot.bid = move.bid
  slot.ask = move.ask
  slot.minuteVolatility = move.minuteVolatility
  slot.minuteVolume = move.minuteVolume
  slot.cascade = move.cascade
  const bar = move.bar
  if (bar === null) {
    slot.inBar = false
    const minute = Math.floor(move.time / MINUTE_MS)
    if (minute !== slot.budgetMinute) {
      slot.budgetMinute = minute
      slot.budget = budgetOf(move.minuteVolume, limitVolumePct)
    }
  } else if (move.jump) {
    slot.inBar = true
    slot.barTime = move.time
    slot.barOpen = move.last
    slot.barHigh = bar.high
    slot.barLow = bar.low
    slot.barWide = bar.wide
    slot.seenHigh = move.last
    slot.seenLow = move.last
    slot.held = 'nothing'
    slot.counted = false
    slot.budget = budgetOf(bar.volume, limitVolumePct)
  } else {
    if (move.last > slot.seenHigh) slot.seenHigh = move.last
    if (move.last < slot.seenLow) slot.seenLow = move.last
    if (slot.held !== 'nothing' && slot.seenHigh >= slot.barHigh && slot.seenLow <= slot.barLow) slot.held = 'nothing'
  }
  return waiting
}

/** The path has gone through a whole bar that made nothing happen; the same as arriving at its four points. */
export function arriveWhole(slot: Slot, path: WholePath, limitVolumePct: number): void {
  const { bar } = path
  slot.known = true
  slot.time = path.time
  slot.cursor = path.time
  slot.last = path.close
  slot.mark = path.close
  slot.bid = Number.NaN
  slot.ask = Number.NaN
  slot.minuteVolatility = path.minuteVolatility
  slot.minuteVolume = path.minuteVolume
  slot.cascade = false
  slot.inBar = true
  slot.barTime = path.openTime
  slot.barOpen = path.open
  slot.barHigh = bar.high
  slot.barLow = bar.low
  slot.barWide = bar.wide
  slot.seenHigh = path.high
  slot.seenLow = path.low
  slot.held = 'nothing'
  slot.counted = false
  slot.budget = budgetOf(bar.volume, limitVolumePct)
}

/** Last price on the way to the next point. */
export const lastAt = (slot: Slot, time: number): number =>
  slot.next === null ? slot.last : priceAt(slot.segment, slot.last, slot.next.last, time)

export const markAt = (slot: Slot, time: number): number =>
  slot.next === null ? slot.mark : priceAt(slot.segment, slot.mark, slot.next.mark, time)

/** Tells a slot where its path goes next. */
export function lookAhead(slot: Slot, next: Move | null): void {
  slot.next = next
  if (next !== null) {
    slot.segment.start = slot.time
    slot.segment.end = next.time
    slot.segment.jump = next.jump || !slot.known
  }
  slot.stale = true
}
