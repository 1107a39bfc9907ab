import { holdItem, vacantItem, type HeldItem } from './held-item.ts'
import type { Move, Tape, TapeItem } from './tape.ts'

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
  const ring: HeldItem[] = []
  const next: (Move | null)[] = []
  const held: number[] = []
  const blind: boolean[] = []
  const endsAtBars = tape.passOver !== undefined
  let first = 0
  let size = 0

  const at = (offset: number): HeldItem => ring[(first + offset) & (ring.length - 1)]!

  const grow = (): void => {
    const fresh = Math.max(16, ring.length)
    const ordered = Array.from({ length: size }, (_, offset) => at(offset))
    ring.splice(0, ring.length, ...ordered)
    for (let i = 0; i < fresh; i += 1) ring.push(vacantItem())
    first = 0
  }

  const hold = (item: TapeItem): void => {
    if (size === ring.length) grow()
    const entry = at(size)
    size += 1
    holdItem(entry, item)
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
