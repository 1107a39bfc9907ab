/** A map that forgets its oldest key beyond a number of them; setting a known key makes it the newest. */
export interface BoundedMap<K, V> {
  readonly size: number
  get(key: K): V | undefined
  has(key: K): boolean
  set(key: K, value: V): void
}

interface Entry<V> {
  value: V
  /** Place of the key's latest setting; earlier ones of the same key are void. */
  place: number
}

/**
 * Keys are queued beside the map, because looking for a map's first key costs a walk over all those deleted before it.
 * @param limit keys at most, a whole number above 0
 */
export function createBoundedMap<K, V>(limit: number): BoundedMap<K, V> {
  const entries = new Map<K, Entry<V>>()
  let queue: K[] = []
  let oldest = 0

  function forgetOldest(): void {
    for (;;) {
      const key = queue[oldest]!
      const current = entries.get(key)?.place === oldest
      oldest += 1
      if (!current) continue
      entries.delete(key)
      return
    }
  }

  /** Drops what has been forgotten or set anew from the front of the queue. */
  function compact(): void {
    const kept: K[] = []
    for (let i = oldest; i < queue.length; i++) {
      const key = queue[i]!
      const entry = entries.get(key)
      if (entry === undefined || entry.place !== i) continue
      entry.place = kept.length
      kept.push(key)
    }
    queue = kept
    oldest = 0
  }

  return {
    get size() {
      return entries.size
    },
    get: (key) => entries.get(key)?.value,
    has: (key) => entries.has(key),
    set(key, value) {
      if (queue.length >= 2 * limit + 2) compact()
      const place = queue.length
      const known = entries.get(key)
      if (known) {
        known.value = value
        known.place = place
        queue.push(key)
        return
      }
      entries.set(key, { value, place })
      queue.push(key)
      if (entries.size > limit) forgetOldest()
    },
  }
}
