/** A figure at a time, of one life of a process. */
export interface Point {
  readonly life: number
  readonly hours: number
  readonly value: number
}

export interface Slope {
  /** Per hour. */
  readonly slope: number
  /** Standard error of the slope; `NaN`: too few points. */
  readonly error: number
  readonly points: number
}

/** Least squares with one slope for all lives, and a level of its own for each. */
export function pooledSlope(points: readonly Point[]): Slope {
  const lives = Map.groupBy(points, ({ life }) => life)
  let [xx, xy, yy] = [0, 0, 0]
  for (const own of lives.values()) {
    const x = mean(own.map(({ hours }) => hours))
    const y = mean(own.map(({ value }) => value))
    for (const { hours, value } of own) {
      xx += (hours - x) ** 2
      xy += (hours - x) * (value - y)
      yy += (value - y) ** 2
    }
  }
  const slope = xy / xx
  const free = points.length - lives.size - 1
  const error = free > 0 ? Math.sqrt(Math.max(0, yy - slope * xy) / free / xx) : Number.NaN
  return { slope, error, points: points.length }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
