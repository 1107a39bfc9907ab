import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts'

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?$/i

/**
 * ISO 8601 (a space for the T is fine) to ms since the epoch; without a zone it is UTC. NaN when it is no such time or
 * not on a whole millisecond.
 */
export function parseIsoTime(text: string): number {
  const match = ISO.exec(text)
  if (!match) return Number.NaN
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const midnight = Date.UTC(year, month - 1, day)
  const date = new Date(midnight)
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!exists || hour > 23 || minute > 59 || second > 59) return Number.NaN
  const fraction = Number(`0.${match[7] ?? '0'}`) * SECOND_MS
  if (!Number.isInteger(Number(fraction.toFixed(6)))) return Number.NaN
  return (
    midnight + hour * HOUR_MS + minute * MINUTE_MS + second * SECOND_MS + Math.round(fraction) - zoneMs(match[8] ?? 'Z')
  )
}

function zoneMs(zone: string): number {
  const match = /^([+-])(\d\d):?(\d\d)$/.exec(zone)
  if (!match) return 0
  const size = Number(match[2]) * HOUR_MS + Number(match[3]) * MINUTE_MS
  return match[1] === '-' ? -size : size
}

/** Market data is neither older nor younger. */
const EARLIEST_MS = 10_957 * DAY_MS
const LATEST_MS = 47_482 * DAY_MS

export const isPlausibleTime = (time: number): boolean => time >= EARLIEST_MS && time < LATEST_MS

export type TimeUnit = 'ms' | 's' | 'iso'

/** What a file's first time is written in; `undefined` when it is none of them. */
export function timeUnitOf(text: string): TimeUnit | undefined {
  const value = Number(text)
  if (text !== '' && !Number.isNaN(value)) {
    if (isPlausibleTime(value)) return 'ms'
    return isPlausibleTime(value * SECOND_MS) ? 's' : undefined
  }
  return isPlausibleTime(parseIsoTime(text)) ? 'iso' : undefined
}
