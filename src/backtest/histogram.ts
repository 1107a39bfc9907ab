export interface Bin {
  readonly low: number
  readonly high: number
  readonly count: number
}

/** Counts in bins of equal width that start at multiples of it; what lies beyond `limit` counts in the outermost ones. */
export function histogram(values: readonly number[], width: number, limit: number): readonly Bin[] {
  if (values.length === 0) return []
  const last = Math.ceil(limit / width) - 1
  const binOf = (value: number): number => Math.min(last, Math.max(-last - 1, Math.floor(value / width)))
  const counts = new Map<number, number>()
  for (const value of values) counts.set(binOf(value), (counts.get(binOf(value)) ?? 0) + 1)
  const indexes = [...counts.keys()]
  const first = Math.min(...indexes)
  return Array.from({ length: Math.max(...indexes) - first + 1 }, (_, i) => ({
    low: (first + i) * width,
    high: (first + i + 1) * width,
    count: counts.get(first + i) ?? 0,
  }))
}
