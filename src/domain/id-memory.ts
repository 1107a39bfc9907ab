/** The latest ids, this many and up to twice as many, are known: more signals than a day has. */
const GENERATION = 2_048
/** So many are handed to the next process. */
export const HANDED_ON = 512

/** Ids that must not be acted on a second time: signals that have led to an order, zones that were traded. */
export interface IdMemory {
  has(id: string): boolean
  add(id: string): void
  /** The latest {@link HANDED_ON}, oldest first. */
  recent(): readonly string[]
  /** Ids ever added, those of earlier processes included. */
  readonly count: number
}

/** What an earlier process has left of a memory. */
export interface PastIds {
  /** The latest, oldest first. */
  readonly ids: readonly string[]
  /** With all that went before them. */
  readonly count: number
}

export function createIdMemory(past: PastIds = { ids: [], count: 0 }): IdMemory {
  // Whole generations are forgotten: a set that takes one in and lets one go each time spends more on that than on looks.
  let young = new Set<string>()
  let old = new Set<string>()
  const recent: string[] = []
  let count = past.count - past.ids.length

  function add(id: string): void {
    if (young.size >= GENERATION) {
      old = young
      young = new Set()
    }
    young.add(id)
    count += 1
    recent.push(id)
    // Now and then instead of each time: taking the first from a list moves all the others.
    if (recent.length >= 2 * HANDED_ON) recent.splice(0, recent.length - HANDED_ON)
  }

  for (const id of past.ids) add(id)
  return {
    has: (id) => young.has(id) || old.has(id),
    add,
    recent: () => recent.slice(-HANDED_ON),
    get count() {
      return count
    },
  }
}
