/** Values by key, of which those that have not been looked at for longest are forgotten. */
export interface GenerationMap<K, V> {
  /** Counts as a look. */
  get(key: K): V | undefined
  set(key: K, value: V): void
}

/**
 * Forgets a whole generation at a time: a map that moves a key to its end at every look, or lets one go for each that
 * comes, spends more on its own order than anybody gains.
 * @param limit the so many keys looked at last are known, and up to twice as many; a whole number above 0
 */
export function createGenerationMap<K, V>(limit: number): GenerationMap<K, V> {
  let young = new Map<K, V>()
  let old = new Map<K, V>()

  function set(key: K, value: V): void {
    if (young.size >= limit && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }

  return {
    get(key) {
      const recent = young.get(key)
      if (recent !== undefined) return recent
      const past = old.get(key)
      if (past !== undefined) set(key, past)
      return past
    },
    set,
  }
}
