/** The latest signals, this many and up to twice as many, are known: more than those of a day. */
const GENERATION = 2_048
/** So many are handed to the next process. */
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
  // Whole generations are forgotten: a set that takes one in and lets one go each time spends more on that than on looks.
  let young = new Set<string>()
  let old = new Set<string>()
  const recent: string[] = []

  function add(signalId: string): void {
    if (young.size >= GENERATION) {
      old = young
      young = new Set()
    }
    young.add(signalId)
    recent.push(signalId)
    // Now and then instead of each time: taking the first from a list moves all the others.
    if (recent.length >= 2 * HANDED_ON) recent.splice(0, recent.length - HANDED_ON)
  }

  for (const id of past) add(id)
  return { has: (id) => young.has(id) || old.has(id), add, recent: () => recent.slice(-HANDED_ON) }
}
