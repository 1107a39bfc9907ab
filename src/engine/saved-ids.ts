import { HANDED_ON, type IdMemory, type PastIds } from '../domain/id-memory.ts'
import { ID_SHAPE } from './saved-shape.ts'
import { FORMAT, parseSaved, type Save } from './saved-text.ts'

/*
 * A memory of ids has places for its latest, each saved by itself: one more id costs one short text, where the whole
 * memory in one would be tens of kilobytes on the way of every order.
 */

interface SavedId {
  readonly format: number
  /** How many were added before it. */
  readonly n: number
  readonly id: string
}

export const SIGNALS = 'signal'
export const clustersOf = (symbol: string): string => `cluster:${symbol}`
const placeOf = (list: string, n: number): string => `${list}:${n % HANDED_ON}`

/**
 * Saves what was added after the first `from` ids.
 * @returns how many have been added by now
 */
export function saveIds(list: string, memory: IdMemory, from: number, save: Save): number {
  const { count } = memory
  if (count === from) return count
  const recent = memory.recent()
  const before = count - recent.length
  for (let n = Math.max(from, before); n < count; n += 1) {
    const saved: SavedId = { format: FORMAT, n, id: recent[n - before]! }
    save(placeOf(list, n), JSON.stringify(saved))
  }
  return count
}

/** What was saved of a list; `null`: nothing. Throws a `SavedStateError`. */
export function readIds(list: string, saved: ReadonlyMap<string, string>): PastIds | null {
  const read: SavedId[] = []
  for (let place = 0; place < HANDED_ON; place += 1) {
    const key = placeOf(list, place)
    const text = saved.get(key)
    if (text !== undefined) read.push(parseSaved<SavedId>(key, text, ID_SHAPE))
  }
  const last = read.toSorted((a, b) => a.n - b.n)
  return last.length === 0 ? null : { ids: last.map(({ id }) => id), count: last.at(-1)!.n + 1 }
}

/** How many ids of a memory that was restored stand in its places: all, or none where an older program saved them otherwise. */
export const savedCount = (list: string, memory: IdMemory, saved: ReadonlyMap<string, string>): number =>
  saved.has(placeOf(list, 0)) ? memory.count : 0

/** The ids that an older program saved among others. */
export const idsOfOld = (ids: readonly string[] | undefined): PastIds => ({ ids: ids ?? [], count: ids?.length ?? 0 })
