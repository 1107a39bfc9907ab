import { holdItem, vacantItem, type HeldItem } from './held-item.ts'
import type { Tape, TapeItem } from './tape.ts'

/**
 * Items that one reader may be ahead of another, a power of two: twice what a matching core reads ahead of its time.
 * Readers that go further are not moved in the same steps, and what lies between them would grow for ever.
 */
const MOST_APART = 16_384

/**
 * One tape for several readers, each of which reads all of it at its own pace: what one has read is kept until the last
 * has. Whole bars are not passed over. One reader gets the tape itself.
 */
export function forkTape(tape: Tape, readers: number): readonly Tape[] {
  if (readers === 1) return [tape]
  const ring: HeldItem[] = []
  /** Items that each reader has taken. */
  const taken = Array.from({ length: readers }, () => 0)
  let read = 0

  const at = (position: number): HeldItem => ring[position & (ring.length - 1)]!

  /** What was handed out last is still in use, as on any tape. */
  const oldestInUse = (): number => Math.max(0, Math.min(...taken) - 1)

  function grow(oldest: number): void {
    const length = Math.max(16, ring.length * 2)
    if (length > MOST_APART) throw new Error(`tape: its readers are more than ${MOST_APART} items apart`)
    const kept = new Map<number, HeldItem>()
    for (let position = oldest; position < read; position += 1) kept.set(position & (length - 1), at(position))
    for (let i = 0; i < length; i += 1) ring[i] = kept.get(i) ?? vacantItem()
  }

  function readOn(): void {
    const oldest = oldestInUse()
    if (read - oldest === ring.length) grow(oldest)
    holdItem(at(read), tape.next())
    read += 1
  }

  return taken.map((_, reader): Tape => ({
    instruments: tape.instruments,
    peek: () => (taken[reader]! < read ? at(taken[reader]!).item.time : tape.peek()),
    next(): TapeItem {
      if (taken[reader] === read) readOn()
      const { item } = at(taken[reader]!)
      taken[reader]! += 1
      return item
    },
  }))
}
