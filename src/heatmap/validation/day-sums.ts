/** Figures that add up, by UTC day: what a statistic is made of and what the bootstrap draws from. */
export interface DaySums {
  /** Columns of a day. */
  readonly columns: number
  /** The row of a day, zero when it is new; to be added to. */
  row(day: number): Float64Array
  /** All rows, in ascending order of day. */
  rows(): readonly Float64Array[]
}

export function createDaySums(columns: number): DaySums {
  const byDay = new Map<number, Float64Array>()
  return {
    columns,
    row(day) {
      const known = byDay.get(day)
      if (known) return known
      const row = new Float64Array(columns)
      byDay.set(day, row)
      return row
    },
    rows: () => [...byDay.keys()].toSorted((a, b) => a - b).map((day) => byDay.get(day)!),
  }
}

/** A statistic with the bounds of its 95 % interval; NaN where it cannot be computed. */
export interface Estimate {
  readonly value: number
  readonly low: number
  readonly high: number
}

/** Uniform on [0, 1). */
export type Random = () => number

const TAIL = 0.025

function quantile(sorted: Float64Array, share: number): number {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const left = sorted[below] ?? Number.NaN
  const right = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN
  return left + (at - below) * (right - left)
}

/**
 * A statistic of column sums, with the percentile interval of a bootstrap that draws whole days with replacement: maps
 * of one day overlap almost entirely and are one observation, not many. Draws in which the statistic cannot be computed
 * are left out.
 */
export function estimate(
  sums: DaySums,
  statistic: (columns: Float64Array) => number,
  draws: number,
  random: Random,
): Estimate {
  const rows = sums.rows()
  const drawn = new Float64Array(sums.columns)
  const add = (row: Float64Array): void => row.forEach((figure, column) => (drawn[column] = drawn[column]! + figure))
  rows.forEach(add)
  const value = statistic(drawn)
  const found: number[] = []
  if (rows.length > 1) {
    for (let draw = 0; draw < draws; draw++) {
      drawn.fill(0)
      for (let i = 0; i < rows.length; i++) add(rows[Math.floor(random() * rows.length)]!)
      const once = statistic(drawn)
      if (Number.isFinite(once)) found.push(once)
    }
  }
  const sorted = Float64Array.from(found).toSorted()
  return { value, low: quantile(sorted, TAIL), high: quantile(sorted, 1 - TAIL) }
}
