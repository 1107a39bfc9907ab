import type { Pace } from './pace.ts'

/** Forced orders' share of the last minute's volume from which they are said to dominate. */
const CASCADE_SHARE = 0.25

/** Moving averages of what has just happened, exponentially weighted, in figures per minute. */
export interface Trailing {
  /** Of squared log moves, over twenty and over five minutes. */
  variance: number
  recentVariance: number
  /** Base units per minute over twenty minutes. */
  volume: number
  /** Base units per step over one minute. */
  stepVolume: number
  stepForced: number
}

export const createTrailing = (minuteVolatility: number, minuteVolume: number): Trailing => ({
  variance: minuteVolatility ** 2,
  recentVariance: minuteVolatility ** 2,
  volume: minuteVolume,
  stepVolume: minuteVolume / 30,
  // No whole number: the field shall hold unboxed doubles from the start.
  stepForced: 1e-12,
})

/** @param volume all of the step's, @param forced forced orders' part of it, base units */
export function addToTrailing(t: Trailing, move: number, volume: number, forced: number, pace: Pace): void {
  const perMinute = 1 / (pace.hours * 60)
  const variance = move * move * perMinute
  t.variance += (variance - t.variance) * pace.trailingWeight
  t.recentVariance += (variance - t.recentVariance) * pace.recentWeight
  t.volume += (volume * perMinute - t.volume) * pace.trailingWeight
  t.stepVolume += (volume - t.stepVolume) * pace.minuteWeight
  t.stepForced += (forced - t.stepForced) * pace.minuteWeight
}

/** Whether forced orders dominate the last minute's flow. */
export const inCascade = (t: Trailing): boolean => t.stepForced > CASCADE_SHARE * t.stepVolume
