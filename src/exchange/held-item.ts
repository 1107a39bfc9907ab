import type { BarEvent } from '../domain/event.ts'
import type { BarShape, Move, TapeItem } from './tape.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** An item kept beyond its time, copied because the tape may reuse its objects. The place is reused in turn. */
export interface HeldItem {
  item: TapeItem
  readonly shape: Mutable<BarShape>
  move: Mutable<Move> | null
  bar: Mutable<BarEvent> | null
}

/** A place that holds nothing yet. */
export const vacantItem = (): HeldItem => ({
  item: undefined as never,
  shape: { high: 0, low: 0, volume: 0, wide: false },
  move: null,
  bar: null,
})

/** Copies an item into its place. */
export function holdItem(place: HeldItem, item: TapeItem): void {
  place.item = copyInto(place, item)
}

function copyInto(entry: HeldItem, item: TapeItem): TapeItem {
  switch (item.kind) {
    case 'move': {
      const move = (entry.move ??= { ...item })
      move.time = item.time
      move.instrument = item.instrument
      move.last = item.last
      move.mark = item.mark
      move.bid = item.bid
      move.ask = item.ask
      move.jump = item.jump
      move.bar = item.bar === null ? null : copyShape(entry.shape, item.bar)
      move.minuteVolatility = item.minuteVolatility
      move.minuteVolume = item.minuteVolume
      move.cascade = item.cascade
      return move
    }
    case 'bar':
      return copyBar((entry.bar ??= { ...item }), item)
    case 'funding':
    case 'open_interest':
    case 'bankruptcy':
      return { ...item }
  }
}

function copyShape(shape: Mutable<BarShape>, from: BarShape): BarShape {
  shape.high = from.high
  shape.low = from.low
  shape.volume = from.volume
  shape.wide = from.wide
  return shape
}

// Field by field, because copying an object as a whole takes ten times as long.
function copyBar(bar: Mutable<BarEvent>, from: BarEvent): BarEvent {
  bar.time = from.time
  bar.openTime = from.openTime
  bar.closeTime = from.closeTime
  bar.instrument = from.instrument
  bar.open = from.open
  bar.high = from.high
  bar.low = from.low
  bar.close = from.close
  bar.volume = from.volume
  bar.turnover = from.turnover
  bar.markHigh = from.markHigh
  bar.markLow = from.markLow
  bar.openInterest = from.openInterest
  bar.fundingRate = from.fundingRate
  bar.longShortRatio = from.longShortRatio
  bar.takerBuyVolume = from.takerBuyVolume
  return bar
}
