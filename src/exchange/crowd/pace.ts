import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts'
import type { CrowdParameters } from './parameters.ts'

/** Market time counts in ticks of 2 s since the crowd's origin, which lies on a funding settlement. */
export const TICK_MS = 2 * SECOND_MS
export const TICKS_PER_MINUTE = MINUTE_MS / TICK_MS
const FUNDING_MS = 8 * HOUR_MS
export const TICKS_PER_FUNDING = FUNDING_MS / TICK_MS
const BASIS_TICKS = 15

/** What the length of a step makes of the continuous rates. */
export interface Pace {
  readonly ticks: number
  readonly hours: number
  readonly rootHours: number
  readonly impactLoss: number
  readonly jumpShare: number
  /** Weight of one step in the averages of the last twenty minutes, five minutes and one minute. */
  readonly trailingWeight: number
  readonly recentWeight: number
  readonly minuteWeight: number
  /** Steps in the 30 s window of the basis. */
  readonly basisSteps: number
}

/** @param stepMs a multiple of a tick and a divisor of one minute; throws otherwise */
export function createPace(stepMs: number, p: CrowdParameters): Pace {
  if (MINUTE_MS % stepMs !== 0 || stepMs % TICK_MS !== 0) throw new RangeError(`step of ${stepMs} ms`)
  const hours = stepMs / HOUR_MS
  const share = (ms: number): number => 1 - Math.exp(-stepMs / ms)
  return {
    ticks: stepMs / TICK_MS,
    hours,
    rootHours: Math.sqrt(hours),
    impactLoss: share(p.impactDecayMinutes * MINUTE_MS),
    jumpShare: share(p.jumpSeconds * SECOND_MS),
    trailingWeight: share(20 * MINUTE_MS),
    recentWeight: share(5 * MINUTE_MS),
    minuteWeight: share(MINUTE_MS),
    basisSteps: Math.max(1, Math.round((BASIS_TICKS * TICK_MS) / stepMs)),
  }
}
