import { invalid, type ApiError } from './reply.ts'

/** Which part of a series a request wants. */
export interface Window {
  readonly from: number | undefined
  readonly until: number | undefined
  readonly limit: number
}

const WHOLE = /^[0-9]{1,20}$/

function whole(query: URLSearchParams, name: string): number | ApiError | undefined {
  const text = query.get(name)
  if (text === null || text === '') return undefined
  if (WHOLE.test(text)) return Number(text)
  return {
    code: -1100,
    msg: `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`,
  }
}

/** `limit`, or the default where there is none; -1130 beyond the largest. */
export function readLimit(query: URLSearchParams, limit: number, largest: number): number | ApiError {
  const asked = whole(query, 'limit') ?? limit
  return typeof asked === 'number' && (asked < 1 || asked > largest) ? invalid('limit') : asked
}

/** `startTime`, `endTime` and `limit` of a series. */
export function readWindow(query: URLSearchParams, limit: number, largest: number): Window | ApiError {
  const from = whole(query, 'startTime')
  if (typeof from === 'object') return from
  const until = whole(query, 'endTime')
  if (typeof until === 'object') return until
  if (from !== undefined && until !== undefined && from > until)
    return { code: -1023, msg: 'Start time is greater than end time.' }
  const count = readLimit(query, limit, largest)
  return typeof count === 'object' ? count : { from, until, limit: count }
}

/** The part of an ascending series that a window shows: from its start on, or else the latest. */
export function within<T>(series: readonly T[], timeOf: (one: T) => number, window: Window): readonly T[] {
  const { from = -Infinity, until = Infinity, limit } = window
  const found = series.filter((one) => timeOf(one) >= from && timeOf(one) <= until)
  return window.from === undefined ? found.slice(-limit) : found.slice(0, limit)
}
