import { problem, type Problem } from '../domain/problem.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'

/** Whole UTC days, the last one not included; `null` is an open end. */
export interface TimeRange {
  readonly from: EpochMs | null
  readonly to: EpochMs | null
}

export type TimeRangeResult =
  | { readonly kind: 'ok'; readonly range: TimeRange }
  | { readonly kind: 'invalid'; readonly problem: Problem }

const RANGE = /^(\d{8})?-(\d{8})?$/
const EXAMPLE = 'Write days as in --timerange 20240101-20240701 (the last day is not included), 20240101- or -20240701'

/** Parses what stands behind `--timerange`. */
export function parseTimeRange(text: string): TimeRangeResult {
  const match = RANGE.exec(text.trim())
  if (!match || (match[1] === undefined && match[2] === undefined))
    return invalid(`"${text}" is no range of days`, EXAMPLE)
  const from = match[1] === undefined ? null : dayOf(match[1])
  const to = match[2] === undefined ? null : dayOf(match[2])
  if (from === undefined) return invalid(`${match[1]} is no day of the calendar`, EXAMPLE)
  if (to === undefined) return invalid(`${match[2]} is no day of the calendar`, EXAMPLE)
  if (from !== null && to !== null && from >= to)
    return invalid(`${text.trim()} holds no day: it ends where it begins or before`, EXAMPLE)
  return { kind: 'ok', range: { from, to } }
}

function dayOf(text: string): EpochMs | undefined {
  const [year, month, day] = [Number(text.slice(0, 4)), Number(text.slice(4, 6)), Number(text.slice(6))]
  const time = Date.UTC(year, month - 1, day)
  const date = new Date(time)
  const exists = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? epochMs(time) : undefined
}

const invalid = (what: string, hint: string): TimeRangeResult => ({
  kind: 'invalid',
  problem: problem('bad_timerange', '--timerange', what, hint),
})
