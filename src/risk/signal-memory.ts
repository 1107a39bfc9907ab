import { createBoundedMap } from '../domain/bounded-map.ts'

/** Far more than the signals of a day; the oldest are forgotten first. */
const REMEMBERED = 4_096
/** Of those, so many are handed to the next process. */
const HANDED_ON = 512

/** The signals that have already led to an order, so that none does so twice. */
export interface SignalMemory {
  has(signalId: string): boolean
  add(signalId: string): void
  /** The latest, oldest first. */
  recent(): readonly string[]
}

/** @param past signals of an earlier process, oldest first */
export function createSignalMemory(past: Iterable<string> = []): SignalMemory {
  const seen = createBoundedMap<string, true>(REMEMBERED)
  const recent: string[] = []

  function add(signalId: string): void {
    seen.set(signalId, true)
    recent.push(signalId)
    // Now and then instead of each time: taking the first from a list moves all the others.
    if (recent.length >= 2 * HANDED_ON) recent.splice(0, recent.length - HANDED_ON)
  }

  for (const id of past) add(id)
  return { has: (id) => seen.has(id), add, recent: () => recent.slice(-HANDED_ON) }
}
