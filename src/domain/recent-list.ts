/**
 * The latest values by key, for looks that are rare: adding costs nothing but a place, finding goes through all of them. A
 * map of the same length spends far more on forgetting than anybody gains who hardly ever asks.
 */
export interface RecentList<K, V> {
  add(key: K, value: V): void
  /** The newest value of the key, while it is among the kept. */
  find(key: K): V | undefined
  /** The newest values, oldest first. */
  latest(count: number): readonly V[]
}

/** @param limit values kept at most, a whole number above 0 */
export function createRecentList<K, V>(limit: number): RecentList<K, V> {
  const keys: K[] = []
  const values: V[] = []
  /** Place of the next value; the one before it is the newest. */
  let next = 0

  const at = (age: number): number => (next - 1 - age + limit) % limit

  return {
    add(key, value) {
      keys[next] = key
      values[next] = value
      next = (next + 1) % limit
    },
    find(key) {
      for (let age = 0; age < keys.length; age += 1) if (keys[at(age)] === key) return values[at(age)]
      return undefined
    },
    latest(count) {
      const length = Math.min(count, values.length)
      return Array.from({ length }, (_, i) => values[at(length - 1 - i)]!)
    },
  }
}
