import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../domain/time.ts'

/** Lengths of candles by the exchange's names for them. */
const INTERVALS: ReadonlyMap<string, number> = new Map([
  ['1m', MINUTE_MS],
  ['3m', 3 * MINUTE_MS],
  ['5m', 5 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
  ['30m', 30 * MINUTE_MS],
  ['1h', HOUR_MS],
  ['2h', 2 * HOUR_MS],
  ['4h', 4 * HOUR_MS],
  ['6h', 6 * HOUR_MS],
  ['8h', 8 * HOUR_MS],
  ['12h', 12 * HOUR_MS],
  ['1d', DAY_MS],
])

/** The periods of the statistics under /futures/data. */
const PERIODS: ReadonlySet<string> = new Set(['5m', '15m', '30m', '1h', '2h', '4h', '6h', '12h', '1d'])

/** Intervals that bars of `barMs` add up to: name and length in ms. */
export const intervalsOf = (barMs: number): readonly (readonly [string, number])[] =>
  [...INTERVALS].filter(([, length]) => length % barMs === 0)

/** Length in ms; `undefined` where there is no such interval or bars of `barMs` do not add up to it. */
export function intervalMs(name: string, barMs: number): number | undefined {
  const length = INTERVALS.get(name)
  return length !== undefined && length % barMs === 0 ? length : undefined
}

/** As `intervalMs`, of the periods of statistics. */
export const periodMs = (name: string, barMs: number): number | undefined =>
  PERIODS.has(name) ? intervalMs(name, barMs) : undefined
