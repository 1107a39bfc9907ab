import { parseDuration } from '../../domain/time.ts'

/** Milliseconds between publications; `bar` is the bar's own length. Throws on anything that is not a duration. */
export function publishIntervalMs(text: string, barMs: number): number {
  if (text === 'bar') return barMs
  const interval = parseDuration(text)
  if (interval === undefined || !(interval > 0)) throw new RangeError(`estimator.publish_interval: ${text}`)
  return interval
}

/** Fires at the first time at or after each multiple of an interval since the epoch. */
export interface Schedule {
  readonly intervalMs: number
  /** NaN before the first call. */
  next: number
}

export const createSchedule = (intervalMs: number): Schedule => ({ intervalMs, next: Number.NaN })

/** Whether the schedule fires at `time`; times never decrease. */
export function isDue(schedule: Schedule, time: number): boolean {
  const { intervalMs } = schedule
  // On the first call only an exact multiple counts: whether one was passed before is not known.
  if (schedule.next !== schedule.next) schedule.next = Math.ceil(time / intervalMs) * intervalMs
  if (time < schedule.next) return false
  schedule.next = (Math.floor(time / intervalMs) + 1) * intervalMs
  return true
}
