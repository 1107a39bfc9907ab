import type { BarEvent, OpenInterestEvent } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../domain/time.ts'
import { epochMs, type EpochMs } from '../../../domain/unit.ts'
import { WireError } from '../../ccxt/wire-field.ts'

/** A candle as all venues have it. */
export interface Candle {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Base units. */
  readonly volume: number
  /** Quote units. */
  readonly turnover: number
  /** Base units; NaN where the venue does not tell. */
  readonly takerBuyVolume: number
}

export interface Settlement {
  readonly time: number
  /** A fraction. */
  readonly rate: number
}

/** What a venue answered for a stretch of time, before it is put together into bars. */
export interface HistoryParts {
  /** By the time they open. */
  readonly candles: ReadonlyMap<number, Candle>
  readonly marks: ReadonlyMap<number, Pick<Candle, 'high' | 'low'>>
  /** Base units by the moment they were counted. */
  readonly openInterest: ReadonlyMap<number, number>
  /** Long accounts by short ones, by the start of the stretch they were counted in. */
  readonly ratios: ReadonlyMap<number, number>
  readonly settlements: readonly Settlement[]
}

/** Long/short ratios are read so far back: nobody looks at any but the latest. */
export const RATIOS_MS = DAY_MS

/** Settlements are looked back on so far for the rate that a bar knows: two of the longest stretch. */
export const RATES_BACK_MS = 16 * HOUR_MS + MINUTE_MS

/** Pages of one statistic; more of them is a venue that leads us round in circles. */
const MAX_PAGES = 400

/** Throws a {@link WireError} where `value` is no finite number. */
export function numeric(value: unknown): number {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value
  if (typeof parsed !== 'number' || !Number.isFinite(parsed)) throw new WireError('a figure is no number')
  return parsed
}

/** Lists of at least `width` figures; throws a {@link WireError} otherwise. */
export function tuplesOf(answer: unknown, what: string, width: number): readonly (readonly unknown[])[] {
  if (!Array.isArray(answer)) throw new WireError(`${what}: not a list`)
  return answer.map((row: unknown) => {
    if (!Array.isArray(row) || row.length < width) throw new WireError(`${what}: not a row`)
    return row as readonly unknown[]
  })
}

/** Of a row that begins with `open time, open, high, low, close`, as all venues have it. */
export const rangeOf = (row: readonly unknown[]): Pick<Candle, 'high' | 'low'> => ({
  high: numeric(row[2]),
  low: numeric(row[3]),
})

/** The prices of such a row. */
export const pricesOf = (row: readonly unknown[]): Pick<Candle, 'open' | 'high' | 'low' | 'close'> => ({
  open: numeric(row[1]),
  ...rangeOf(row),
  close: numeric(row[4]),
})

/**
 * Asks for `from` ≤ time < `until` in pieces of `stepMs`, newest first, and stops at the first piece that is empty: venues
 * keep their statistics for so long and no longer.
 */
export async function backwards(
  from: number,
  until: number,
  stepMs: number,
  page: (start: number, end: number) => Promise<number>,
): Promise<void> {
  for (let end = until, n = 0; end > from; end -= stepMs, n += 1) {
    if (n === MAX_PAGES) throw new WireError(`more than ${MAX_PAGES} pages of history`)
    if ((await page(Math.max(from, end - stepMs), end)) === 0) return
  }
}

/** Puts bars together, oldest first; what is not known is NaN. */
export function assembleBars(
  instrument: Instrument,
  barMs: number,
  { candles, marks, openInterest, ratios, settlements }: HistoryParts,
  stamp: (closeTime: number) => EpochMs,
): readonly BarEvent[] {
  const rates = settlements.toSorted((a, b) => a.time - b.time)
  let known = 0
  let fundingRate = Number.NaN
  return [...candles]
    .toSorted(([a], [b]) => a - b)
    .map(([openTime, candle]): BarEvent => {
      const closeTime = openTime + barMs
      while (known < rates.length && rates[known]!.time < closeTime) fundingRate = rates[known++]!.rate
      const mark = marks.get(openTime)
      return {
        kind: 'bar',
        time: stamp(closeTime),
        openTime: epochMs(openTime),
        closeTime: epochMs(closeTime),
        instrument,
        open: candle.open,
        high: candle.high,
        low: candle.low,
        close: candle.close,
        volume: candle.volume,
        turnover: candle.turnover,
        markHigh: mark ? mark.high : Number.NaN,
        markLow: mark ? mark.low : Number.NaN,
        openInterest: openInterest.get(closeTime) ?? Number.NaN,
        fundingRate,
        longShortRatio: ratios.get(openTime) ?? Number.NaN,
        takerBuyVolume: candle.takerBuyVolume,
      }
    })
}

/**
 * A closed bar whose open interest is not published yet takes what is open now, seconds later: without it nothing that was
 * opened in it could ever be placed. One that was missed for longer stays without.
 */
export async function withInterest(bar: BarEvent, now: () => Promise<number>): Promise<BarEvent> {
  const isOld = bar.time - bar.closeTime > (bar.closeTime - bar.openTime) / 5
  return bar.openInterest > 0 || isOld ? bar : { ...bar, openInterest: await now() }
}

/** @param ratio of accounts; `null` where it was not asked for or is not known */
export const interestEvent = (
  instrument: Instrument,
  time: EpochMs,
  asOf: EpochMs,
  totalUsd: number,
  ratio: number | null,
): OpenInterestEvent => ({
  kind: 'open_interest',
  time,
  instrument,
  openInterest: {
    asOf,
    totalUsd,
    longUsd: null,
    shortUsd: null,
    ratio,
    ratioKind: ratio === null ? 'unknown' : 'account',
  },
})
