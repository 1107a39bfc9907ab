import type { BarEvent, OpenInterestEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { BarShape, Tape, TapeItem } from '../tape.ts'
import { createBarStatistics } from './bar-statistics.ts'

/** Prices of a market as they are at a moment. */
export interface LiveQuote {
  readonly last: number
  readonly mark: number
  /** NaN where no book is known. */
  readonly bid: number
  readonly ask: number
}

/** A stretch of the past that nobody watched. */
export interface MissedCandle {
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Base units. */
  readonly volume: number
  readonly minutes: number
}

/**
 * The tape of a market that goes on: whoever watches it adds what happened when it is known, and never the future.
 * Nothing is interpolated: a price stands until the next one. What is stamped earlier than what was told before counts as
 * told now.
 */
export interface LiveTape extends Tape {
  /** History before the start: what volatility, volume and typical ranges are measured on. */
  warm(bar: BarEvent): void
  /** @returns the time it is stamped with */
  quote(instrument: Instrument, time: EpochMs, quote: LiveQuote): EpochMs
  bar(bar: BarEvent): void
  openInterest(event: OpenInterestEvent): void
  /**
   * @param rate a fraction; positive: longs pay
   * @returns the time it is stamped with
   */
  settle(instrument: Instrument, time: EpochMs, rate: number, mark: number): EpochMs
  /**
   * A point of a candle that was missed: 0 the open, 1 the nearer extreme, 2 the other, 3 the close. Of a stop and a target
   * within it the stop is met first, and filled at the extreme, for the path is there before the latency is over.
   * @returns when it is reached: 1 ms after `time`, the way there being what is met
   */
  missed(instrument: Instrument, time: EpochMs, candle: MissedCandle, point: number): EpochMs
  /** No more will come. */
  end(): void
}

export interface LiveTapeOptions {
  readonly instruments: readonly Instrument[]
  /** Length of the bars. */
  readonly barMs: number
  /** A range of at least so many typical ones is wide, and forced orders are taken to dominate a minute of such a range. */
  readonly wideBarAtr: number
}

/** Points of a missed candle. */
export const CANDLE_POINTS = 4

/** What is known of an instrument while its market goes on. */
function createWatched(barMs: number) {
  const statistics = createBarStatistics(barMs)
  return { statistics, minute: 0, high: Number.NaN, low: Number.NaN, shape: null as BarShape | null }
}

export function createLiveTape({ instruments, barMs, wideBarAtr }: LiveTapeOptions): LiveTape {
  const watched = instruments.map(() => createWatched(barMs))
  const items: TapeItem[] = []
  let read = 0
  let latest = Number.NEGATIVE_INFINITY
  let ended = false

  /** Never before what has been told. */
  const stamp = (time: number): EpochMs => {
    latest = Math.max(latest, time)
    return epochMs(latest)
  }

  /** The typical range of so many minutes: that of the bars, scaled as a random walk's is. NaN = unknown. */
  const typicalRange = (index: number, minutes: number): number =>
    watched[index]!.statistics.atr * Math.sqrt((minutes * MINUTE_MS) / barMs)

  /** Whether the running minute has gone so far that forced orders are taken to dominate it. */
  function isCascade(index: number, time: number, last: number): boolean {
    const state = watched[index]!
    const minute = Math.floor(time / MINUTE_MS)
    if (minute !== state.minute) {
      state.minute = minute
      state.high = last
      state.low = last
    }
    state.high = Math.max(state.high, last)
    state.low = Math.min(state.low, last)
    return state.high - state.low >= wideBarAtr * typicalRange(index, 1)
  }

  function move(
    instrument: Instrument,
    time: EpochMs,
    prices: LiveQuote,
    rest: { readonly jump: boolean; readonly bar: BarShape | null; readonly cascade: boolean },
  ): void {
    const { minuteVolatility, minuteVolume } = watched[instrument.index]!.statistics
    items.push({ kind: 'move', time, instrument, ...prices, ...rest, minuteVolatility, minuteVolume })
  }

  const learn = (bar: BarEvent): void => watched[bar.instrument.index]!.statistics.add(bar)

  return {
    instruments,
    peek: () => items[read]?.time,
    next() {
      const item = items[read]
      if (item === undefined) throw new Error('live tape: there is nothing yet')
      read += 1
      if (read === items.length) {
        items.length = 0
        read = 0
      }
      return item
    },
    goesOn: () => !ended,
    warm: learn,
    quote(instrument, time, quote) {
      const at = stamp(time)
      // A price stands until the next: what lies between the two was not traded.
      move(instrument, at, quote, { jump: true, bar: null, cascade: isCascade(instrument.index, at, quote.last) })
      return at
    },
    bar(bar) {
      learn(bar)
      items.push({ ...bar, time: stamp(bar.time) })
    },
    openInterest(event) {
      items.push({ ...event, time: stamp(event.time) })
    },
    settle(instrument, time, rate, mark) {
      const at = stamp(time)
      items.push({ kind: 'funding', time: at, instrument, rate, mark })
      return at
    },
    missed(instrument, time, candle, point) {
      const state = watched[instrument.index]!
      const at = stamp(time)
      const { high, low, volume, minutes } = candle
      if (point === 0 || state.shape === null) {
        const wide = high - low >= wideBarAtr * typicalRange(instrument.index, minutes)
        state.shape = { high, low, volume, wide }
      }
      const bar = state.shape
      // Leaves only now, so that nothing is met earlier than it is known.
      if (point > 0) move(instrument, at, flat(pointOf(candle, point - 1)), { jump: false, bar, cascade: false })
      const arrival = stamp(at + 1)
      move(instrument, arrival, flat(pointOf(candle, point)), { jump: point === 0, bar, cascade: false })
      return arrival
    },
    end() {
      ended = true
    },
  }
}

/** Nobody knows the mark and the book of then: the last price stands in for them, as on bars. */
const flat = (price: number): LiveQuote => ({ last: price, mark: price, bid: Number.NaN, ask: Number.NaN })

function pointOf({ open, high, low, close }: MissedCandle, point: number): number {
  if (point === 0) return open
  if (point === 3) return close
  const highFirst = high - open < open - low
  return highFirst === (point === 1) ? high : low
}
