import { epochMs, type EpochMs } from '../domain/unit.ts'

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

/** Follows the deepest falls of an equity from its running peak, one look at a time. */
export interface DrawdownMeter {
  /** @param highest equity so far that is known of from elsewhere, quote units; counts where it is above all that was seen */
  see(time: EpochMs, equity: number, highest: number): void
  deepest(): Drawdown
}

export function createDrawdownMeter(): DrawdownMeter {
  // Fields, because a captured variable that holds a double costs an allocation each time it is set.
  const seen = {
    peak: Number.NEGATIVE_INFINITY,
    peakTime: Number.NaN,
    abs: 0,
    ratio: 0,
    from: Number.NaN,
    to: Number.NaN,
  }
  return {
    see(time, equity, highest) {
      const peak = highest > equity ? highest : equity
      if (peak > seen.peak) {
        seen.peak = peak
        seen.peakTime = time
      }
      const fall = seen.peak - equity
      if (fall > seen.abs) seen.abs = fall
      if (fall > 0 && fall / seen.peak > seen.ratio) {
        seen.ratio = fall / seen.peak
        seen.from = seen.peakTime
        seen.to = time
      }
    },
    deepest() {
      const { abs, ratio, from, to } = seen
      return ratio > 0 ? { abs, ratio, from: epochMs(from), to: epochMs(to) } : { abs, ratio, from: null, to: null }
    },
  }
}

/** Fall from the running peak at each point, a fraction of the peak. */
export function underwater(points: readonly EquityPoint[]): readonly number[] {
  let peak = Number.NEGATIVE_INFINITY
  return points.map(({ equity }) => {
    peak = Math.max(peak, equity)
    return peak > 0 ? (peak - equity) / peak : 0
  })
}
