import type { EpochMs } from '../domain/unit.ts'

export interface EquityPoint {
  readonly time: EpochMs
  readonly equity: number
}

export interface Drawdown {
  /** Quote units, not negative. */
  readonly abs: number
  /** Largest fall from a peak as a fraction of that peak; not necessarily the same fall as `abs`. */
  readonly ratio: number
  /** Peak before, and trough of, the largest relative fall; `null` where equity never fell. */
  readonly from: EpochMs | null
  readonly to: EpochMs | null
}

/** The deepest falls of a series from its running peak. */
export function maxDrawdown(points: readonly EquityPoint[]): Drawdown {
  let peak: EquityPoint | null = null
  let abs = 0
  let ratio = 0
  let from: EpochMs | null = null
  let to: EpochMs | null = null
  for (const point of points) {
    if (peak === null || point.equity > peak.equity) peak = point
    const fall = peak.equity - point.equity
    abs = Math.max(abs, fall)
    if (fall > 0 && fall / peak.equity > ratio) {
      ratio = fall / peak.equity
      from = peak.time
      to = point.time
    }
  }
  return { abs, ratio, from, to }
}

/** Fall from the running peak at each point, a fraction of the peak. */
export function underwater(points: readonly EquityPoint[]): readonly number[] {
  let peak = Number.NEGATIVE_INFINITY
  return points.map(({ equity }) => {
    peak = Math.max(peak, equity)
    return peak > 0 ? (peak - equity) / peak : 0
  })
}
