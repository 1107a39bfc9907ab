import type { EquityPoint } from './drawdown.ts'

/** NaN of nothing. */
export const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Of a sample (n − 1); NaN below two values. */
export function standardDeviation(values: readonly number[]): number {
  const center = mean(values)
  return Math.sqrt(values.reduce((a, b) => a + (b - center) ** 2, 0) / (values.length - 1))
}

/** Root of the mean square of what lies below zero, over all values (F. Sortino). */
export const downsideDeviation = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((a, b) => a + Math.min(b, 0) ** 2, 0) / values.length)

/** Relative change from one point to the next. */
export function dailyReturns(points: readonly EquityPoint[]): readonly number[] {
  return points.slice(1).map(({ equity }, index) => equity / points[index]!.equity - 1)
}
