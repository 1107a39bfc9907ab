/** A bag of positive numbers that answers where among them a value stands, exactly. */
export interface OrderStatistics {
  size(): number
  add(value: number): void
  /** Removes one occurrence. Throws when there is none. */
  remove(value: number): void
  /** Values below, and half of those that are equal. */
  midRank(value: number): number
}

/** 128 buckets an octave from 2^−32 to 2^32; what lies outside shares the outermost buckets and stays exact. */
const BUCKETS = 8_192
const MANTISSA_BITS = 7
const FIRST_KEY = (1_023 - 32) << MANTISSA_BITS

/**
 * Values fall into buckets by the leading bits of their floating-point form, whose order is that of the numbers. A
 * Fenwick tree counts the buckets; within one bucket the few values are compared one by one.
 */
export function createOrderStatistics(): OrderStatistics {
  const buckets: number[][] = Array.from({ length: BUCKETS }, () => [])
  const tree = new Int32Array(BUCKETS + 1)
  const form = new Float64Array(1)
  const words = new Uint32Array(form.buffer)
  form[0] = 1
  const highWord = words[1] === 0 ? 0 : 1
  let size = 0

  function bucketOf(value: number): number {
    form[0] = value
    const key = (words[highWord]! >>> (20 - MANTISSA_BITS)) - FIRST_KEY
    return key < 0 ? 0 : key >= BUCKETS ? BUCKETS - 1 : key
  }

  function count(bucket: number, by: number): void {
    for (let node = bucket + 1; node <= BUCKETS; node += node & -node) tree[node] = tree[node]! + by
    size += by
  }

  return {
    size: () => size,
    add(value) {
      const bucket = bucketOf(value)
      buckets[bucket]!.push(value)
      count(bucket, 1)
    },
    remove(value) {
      const bucket = bucketOf(value)
      const values = buckets[bucket]!
      const index = values.indexOf(value)
      if (index < 0) throw new RangeError(`order statistics: ${value} is not there`)
      values[index] = values[values.length - 1]!
      values.pop()
      count(bucket, -1)
    },
    midRank(value) {
      const bucket = bucketOf(value)
      let below = 0
      for (let node = bucket; node > 0; node -= node & -node) below += tree[node]!
      const values = buckets[bucket]!
      let equal = 0
      for (let i = 0; i < values.length; i++) {
        const other = values[i]!
        if (other < value) below++
        else if (other === value) equal++
      }
      return below + equal / 2
    },
  }
}
