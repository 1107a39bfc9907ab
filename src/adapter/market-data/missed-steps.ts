import { MINUTE_MS } from '../../domain/time.ts'
import { CANDLE_POINTS, type MissedCandle } from '../../exchange/tape/live-tape.ts'
import type { Candle, Settlement } from './ccxt/history.ts'

/** A stretch is played in at most so many candles: a long one in coarser ones, whose worst comes first all the same. */
const MAX_CANDLES = 24

/** What a stretch is played as: points of candles, and what was settled in between. */
export type MissedStep =
  | { readonly kind: 'point'; readonly candle: MissedCandle; readonly point: number }
  | { readonly kind: 'settlement'; readonly settlement: Settlement }

/** The extremes of a minute that have been played, and when it opened. */
export interface SeenMinute {
  readonly openTime: number
  readonly high: number
  readonly low: number
}

/**
 * The steps of a stretch that begins at the price `from`. Extremes of its first minute that had been seen before are not
 * played again: orders that came after them are not filled by what was before.
 * @param minutes by the time they open
 */
export function missedSteps(
  minutes: ReadonlyMap<number, Candle>,
  settlements: readonly Settlement[],
  from: number,
  seen: SeenMinute,
): readonly MissedStep[] {
  const ordered = [...minutes].toSorted(([a], [b]) => a - b)
  const size = Math.ceil(ordered.length / MAX_CANDLES)
  const due = settlements.toSorted((a, b) => a.time - b.time)
  const steps: MissedStep[] = []
  for (let at = 0; at < ordered.length; at += size) {
    const part = ordered.slice(at, at + size)
    const [openTime, first] = part[0]!
    // Venues stamp a settlement some ms after the minute that it belongs to.
    while (due[0] && due[0].time < openTime + MINUTE_MS) steps.push({ kind: 'settlement', settlement: due.shift()! })
    const candles = part.map(([, each]) => each)
    if (openTime === seen.openTime) candles[0] = unseen(first, from, seen)
    const candle = joined(candles, at === 0 ? from : first.open)
    for (let point = 0; point < CANDLE_POINTS; point += 1) steps.push({ kind: 'point', candle, point })
  }
  return [...steps, ...due.map((settlement): MissedStep => ({ kind: 'settlement', settlement }))]
}

/** What of a minute is new. */
const unseen = (candle: Candle, from: number, seen: SeenMinute): Candle => ({
  ...candle,
  high: candle.high > seen.high ? candle.high : Math.max(from, candle.close),
  low: candle.low < seen.low ? candle.low : Math.min(from, candle.close),
})

const joined = (candles: readonly Candle[], open: number): MissedCandle => ({
  open,
  high: Math.max(open, ...candles.map(({ high }) => high)),
  low: Math.min(open, ...candles.map(({ low }) => low)),
  close: candles.at(-1)!.close,
  volume: candles.reduce((sum, { volume }) => sum + volume, 0),
  minutes: candles.length,
})
