import { MINUTE_MS } from '../../domain/time.ts'
import type { MissedCandle } from '../../exchange/tape/live-tape.ts'
import type { Candle, Settlement } from './ccxt/history.ts'

/** A stretch that nobody watched, as far as it is still to be played. */
export interface Stretch {
  /** By the time they open, oldest first. */
  readonly minutes: (readonly [openTime: number, candle: Candle])[]
  readonly settlements: Settlement[]
  /** The price at which it goes on. */
  from: number
  /** What of the first minute had been played before. */
  seen: SeenMinute
}

/** What comes next of a stretch. */
export type MissedStep =
  /** `minutes` of the stretch in one candle, the last of which is `last`. */
  | { readonly kind: 'candle'; readonly candle: MissedCandle; readonly last: SeenMinute }
  | { readonly kind: 'settlement'; readonly settlement: Settlement }

/** The extremes of a minute that have been played, and when it opened. */
export interface SeenMinute {
  readonly openTime: number
  readonly high: number
  readonly low: number
}

export const stretchOf = (
  minutes: ReadonlyMap<number, Candle>,
  settlements: readonly Settlement[],
  from: number,
  seen: SeenMinute,
): Stretch => ({
  minutes: [...minutes].toSorted(([a], [b]) => a - b),
  settlements: settlements.toSorted((a, b) => a.time - b.time),
  from,
  seen,
})

/**
 * Takes the next step off a stretch; `null`: it is over. Extremes of its first minute that had been seen before are not
 * played again: orders that came after them are not filled by what was before. Minutes in which nothing is met are joined:
 * a long absence takes no longer than what happened in it.
 * @param meets whether anything of the account's lies between two prices
 */
export function nextMissed(stretch: Stretch, meets: (low: number, high: number) => boolean): MissedStep | null {
  const { minutes, settlements } = stretch
  const first = minutes[0]
  const due = settlements[0]
  // Venues stamp a settlement some ms after the minute that it belongs to.
  if (due && (!first || due.time < first[0] + MINUTE_MS))
    return { kind: 'settlement', settlement: settlements.shift()! }
  if (!first) return null
  let joined: MissedCandle | null = null
  let last = stretch.seen
  while (minutes[0] !== undefined) {
    const [openTime, told] = minutes[0]
    if (joined && settlements[0] && settlements[0].time < openTime + MINUTE_MS) break
    const candle = openTime === stretch.seen.openTime ? unseen(told, stretch.from, stretch.seen) : told
    const next = join(joined, candle, stretch.from)
    if (joined && meets(next.low, next.high)) break
    joined = next
    last = { openTime, high: told.high, low: told.low }
    minutes.shift()
    if (meets(next.low, next.high)) break
  }
  stretch.from = joined!.close
  return { kind: 'candle', candle: joined!, last }
}

/** What of a minute is new. */
const unseen = (candle: Candle, from: number, seen: SeenMinute): Candle => ({
  ...candle,
  high: candle.high > seen.high ? candle.high : Math.max(from, candle.close),
  low: candle.low < seen.low ? candle.low : Math.min(from, candle.close),
})

/** @param from where the candles begin; later ones open where they do */
function join(before: MissedCandle | null, { high, low, close, volume }: Candle, from: number): MissedCandle {
  const open = before?.open ?? from
  return {
    open,
    high: Math.max(before?.high ?? open, high),
    low: Math.min(before?.low ?? open, low),
    close,
    volume: (before?.volume ?? 0) + volume,
    minutes: (before?.minutes ?? 0) + 1,
  }
}
