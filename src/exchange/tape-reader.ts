import type { BarEvent } from '../domain/event.ts'
import type { BarShape, Move, Tape, TapeItem } from './tape.ts'

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** An item read ahead of its time, copied because the tape may reuse its objects. The entry is reused in turn. */
interface Entry {
  item: TapeItem
  readonly shape: Mutable<BarShape>
  move: Mutable<Move> | null
  bar: Mutable<BarEvent> | null
}

/**
 * Reads a tape ahead, so that the path of an instrument that matters is known before the items of the others that lie
 * on the way are delivered.
 */
export interface TapeReader {
  /** Number of items that have been read ahead. */
  readonly size: number
  /** The next item, left where it is. */
  head(): TapeItem | undefined
  /** Removes the next item; what was returned is valid until something is read again. */
  take(): TapeItem
  /** Takes over an item that came straight from the tape. */
  hold(item: TapeItem): void
  /**
   * The next move of an instrument; `null` when there is none within reach. On tapes of bars nothing beyond a closed bar
   * is: no path leads there, and what the bar makes the receiver do comes first.
   */
  nextMove(index: number): Move | null
}

/**
 * At most so many items are held. An instrument with no move among them stands still until its next one, which then
 * counts as a jump.
 */
const READ_AHEAD_ITEMS = 8_192

export function createTapeReader(tape: Tape): TapeReader {
  const ring: Entry[] = []
  const next: (Move | null)[] = []
  const held: number[] = []
  const blind: boolean[] = []
  const endsAtBars = tape.passOver !== undefined
  let first = 0
  let size = 0

  const at = (offset: number): Entry => ring[(first + offset) & (ring.length - 1)]!

  const grow = (): void => {
    const fresh = Math.max(16, ring.length)
    const ordered = Array.from({ length: size }, (_, offset) => at(offset))
    ring.splice(0, ring.length, ...ordered)
    for (let i = 0; i < fresh; i += 1) {
      ring.push({ item: undefined as never, shape: { high: 0, low: 0, volume: 0, wide: false }, move: null, bar: null })
    }
    first = 0
  }

  const hold = (item: TapeItem): void => {
    if (size === ring.length) grow()
    const entry = at(size)
    size += 1
    entry.item = copyInto(entry, item)
    if (entry.item.kind !== 'move') return
    const { index } = entry.item.instrument
    if (blind[index] === true) {
      blind[index] = false
      if (entry.move !== null) entry.move.jump = true
    }
    held[index] = (held[index] ?? 0) + 1
    next[index] ??= entry.item
  }

  const reader = {
    size: 0,
    head: (): TapeItem | undefined => (size > 0 ? at(0).item : undefined),
    hold(item: TapeItem): void {
      hold(item)
      reader.size = size
    },
    take(): TapeItem {
      const { item } = at(0)
      first = (first + 1) & (ring.length - 1)
      size -= 1
      reader.size = size
      if (item.kind === 'move') {
        const { index } = item.instrument
        next[index] = null
        held[index] = held[index]! - 1
        for (let i = 0; i < size && held[index] > 0; i += 1) {
          const later = at(i).item
          if (later.kind === 'move' && later.instrument.index === index) {
            next[index] = later
            break
          }
        }
      }
      return item
    },
    nextMove(index: number): Move | null {
      for (;;) {
        const found = next[index]
        if (found !== undefined && found !== null) return found
        if (size >= READ_AHEAD_ITEMS) {
          blind[index] = true
          return null
        }
        if (endsAtBars && size > 0 && at(size - 1).item.kind === 'bar') return null
        if (tape.peek() === undefined) return null
        hold(tape.next())
        reader.size = size
      }
    },
  }
  return reader
}

function copyInto(entry: Entry, item: TapeItem): TapeItem {
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
