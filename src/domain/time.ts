import { epochMs, type EpochMs } from './unit.ts'

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
export const DAY_MS = 86_400_000

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: MINUTE_MS,
  h: HOUR_MS,
  d: DAY_MS,
  w: 7 * DAY_MS,
}

/** Parses `90s`, `5m`, `6h`, `2d` into milliseconds; `undefined` when it is not such a duration. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim())
  if (!match) return undefined
  return Number(match[1]) * (UNIT_MS[match[2]!] ?? Number.NaN)
}

/** Year, month (1–12) and day of a count of days since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms"). */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

const digits = (value: number, width: number): string => String(value).padStart(width, '0')

/** ISO 8601 in UTC with milliseconds. Without Date, so that the domain cannot read a clock by accident. */
export function isoTime(time: EpochMs): string {
  const days = Math.floor(time / DAY_MS)
  const { year, month, day } = civilFromDays(days)
  const rest = Math.floor(time) - days * DAY_MS
  const clock = [rest / HOUR_MS, (rest / MINUTE_MS) % 60, (rest / SECOND_MS) % 60].map((part) =>
    digits(Math.floor(part), 2),
  )
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}T${clock.join(':')}.${digits(rest % SECOND_MS, 3)}Z`
}

/** Start of the UTC day that contains `time`. */
export const utcDay = (time: EpochMs): EpochMs => epochMs(Math.floor(time / DAY_MS) * DAY_MS)

/** Saturday or Sunday, UTC. 1970-01-01 was a Thursday. */
export function isWeekend(time: EpochMs): boolean {
  const weekday = (Math.floor(time / DAY_MS) + 4) % 7
  return weekday === 0 || weekday === 6
}

const FUNDING_INTERVAL_MS = 8 * HOUR_MS

/** The regular funding settlement (00, 08, 16 UTC) at or before `time`. */
export const fundingAtOrBefore = (time: EpochMs): EpochMs =>
  epochMs(Math.floor(time / FUNDING_INTERVAL_MS) * FUNDING_INTERVAL_MS)

/** The first regular funding settlement after `time`. */
export const nextFunding = (time: EpochMs): EpochMs => epochMs(fundingAtOrBefore(time) + FUNDING_INTERVAL_MS)
