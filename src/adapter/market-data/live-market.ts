import type { Instrument } from '../../domain/instrument.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import { CANDLE_POINTS, type LiveQuote, type LiveTape, type MissedCandle } from '../../exchange/tape/live-tape.ts'
import type { EventSource } from '../../port/market.ts'
import type { MarketDialect, QuoteUpdate } from './ccxt/dialect.ts'
import { createFundingWatch, type FundingWatch } from './funding-watch.ts'
import { nextMissed, stretchOf, type SeenMinute, type Stretch } from './missed-steps.ts'

/** Writes a venue's public data onto a tape, as it comes. */
export interface LiveMarket {
  /** Takes a price; asks for what happened meanwhile where the one before is too long ago. */
  onUpdate(update: QuoteUpdate): void
  /** Takes what has come up to now, and asks for what is due. */
  pump(): void
  /** When something of its own is due; Infinity: nothing. */
  dueAt(): number
  /** Whether this price is one of a stretch that is played afterwards: nobody may act on it as on one of now. */
  isPast(instrument: Instrument, time: EpochMs): boolean
  /** Whether the instrument has a price of now, and nothing of the past is still to be played. */
  isCurrent(instrument: Instrument): boolean
  /**
   * How far an instrument has come, for a later process; `null`: it has none.
   * @param met tape time of the last price that the exchange has met, and of the last settlement
   */
  heard(instrument: Instrument, met: { readonly time: number; readonly fundedAt: number }): Heard | null
  /** The venue's time of its latest word on the mark. */
  markedAt(instrument: Instrument): EpochMs
  /** Requests under way. */
  readonly pending: number
}

/** How far an instrument's prices have been played. */
export interface Heard {
  readonly at: EpochMs
  readonly last: number
  readonly seen: SeenMinute
  /** Of the last settlement, epoch ms. */
  readonly settledUntil: number
}

export interface LiveMarketOptions {
  readonly tape: LiveTape
  /** Bars and open interest; its prices are left, for `onUpdate` hears more of them. */
  readonly source: Pick<EventSource, 'next'>
  readonly dialect: Pick<MarketDialect, 'minutes' | 'nextFunding' | 'settlements'>
  readonly instruments: readonly Instrument[]
  /** How far an earlier process got: what happened since is played before what is now. */
  readonly heard?: (instrument: Instrument) => Heard | null
  /** Whether anything of the account's lies between two prices: only there the past is played minute by minute. */
  readonly meets: (instrument: Instrument, low: number, high: number) => boolean
  readonly now: () => EpochMs
  /** From an order to the moment it meets the market; ms. */
  readonly latencyMs: number
  /** Something is waiting. */
  readonly onNews: () => void
  /** What the person at the screen must know. */
  readonly tell: (message: string) => void
}

/** Without a trade or mark for longer than this, what happened meanwhile is asked for. Marks come every second. */
const GAP_MS = 5 * SECOND_MS
/** A shorter gap is no news: prices by request come that far apart, and of those people have been told. */
const TELL_MS = 15 * SECOND_MS
/** An answer that failed is asked for again; ms. */
const AGAIN_MS = 2 * SECOND_MS
/** Prices kept while a stretch is asked for and played; beyond that, they are asked for as candles as well. */
const MAX_BACKLOG = 20_000
/** Prices that the exchange has not met yet are few: it is asked for its news all the time. */
const MAX_PROGRESS = 1_000
/** Between two points of a missed candle, beyond the latency: a stop that is met is out before the path goes on. */
const POINT_MS = 10

interface Watched {
  readonly instrument: Instrument
  readonly funding: FundingWatch
  prices: LiveQuote
  markedAt: EpochMs
  /** Last price on the tape, and when it was heard; 0: none yet. */
  playedLast: number
  heardAt: number
  seen: SeenMinute
  /** A price of this process is on the tape. */
  isCurrent: boolean
  /** What happened since `heardAt` is not known. */
  isMissing: boolean
  isAsking: boolean
  askAt: number
  /** That it is not told has been said. */
  isTold: boolean
  /** What is still to be played, and the candle of it that is being played. */
  stretch: Stretch | null
  candle: { readonly candle: MissedCandle; readonly last: SeenMinute; point: number } | null
  stepAt: number
  /** How far it has come, by the tape's time at which the exchange meets that. */
  readonly progress: { readonly stamp: number; readonly heard: Progress }[]
  readonly settlements: { readonly stamp: number; readonly until: number }[]
  /** Where it began. */
  readonly begun: Heard | null
  pastFrom: number
  pastUntil: number
  /** What came meanwhile, and when. */
  readonly backlog: { readonly time: EpochMs; readonly prices: LiveQuote }[]
}

type Progress = Omit<Heard, 'settledUntil'>

const UNKNOWN: LiveQuote = { last: Number.NaN, mark: Number.NaN, bid: Number.NaN, ask: Number.NaN }
const seconds = (ms: number): string => `${Math.round(ms / SECOND_MS)} s`
const minuteOf = (time: number): number => Math.floor(time / MINUTE_MS) * MINUTE_MS
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export function createLiveMarket(options: LiveMarketOptions): LiveMarket {
  const { tape, source, dialect, now, onNews, tell } = options
  const pointMs = options.latencyMs + POINT_MS
  let pending = 0

  /** Runs in the background. */
  function ask(work: () => Promise<void>): void {
    pending += 1
    void work().finally(() => {
      pending -= 1
      onNews()
    })
  }

  function settle(instrument: Instrument, settledAt: number, rate: number, mark: number): void {
    const state = watched[instrument.index]!
    state.settlements.push({ stamp: tape.settle(instrument, now(), rate, mark), until: settledAt })
  }

  const begin = (instrument: Instrument, before: Heard | null): Watched => ({
    instrument,
    funding: createFundingWatch({
      instrument,
      dialect,
      start: now(),
      ...(before && { settledUntil: before.settledUntil }),
      ask,
      now,
      settle: (time, rate) => settle(instrument, time, rate, watched[instrument.index]!.prices.mark),
      tell,
    }),
    prices: UNKNOWN,
    markedAt: epochMs(0),
    playedLast: before?.last ?? Number.NaN,
    heardAt: before?.at ?? 0,
    seen: before?.seen ?? { openTime: 0, high: Number.NaN, low: Number.NaN },
    isCurrent: false,
    isMissing: false,
    isAsking: false,
    askAt: 0,
    isTold: false,
    stretch: null,
    candle: null,
    stepAt: 0,
    progress: [],
    settlements: [],
    begun: before,
    pastFrom: Number.POSITIVE_INFINITY,
    pastUntil: Number.NEGATIVE_INFINITY,
    backlog: [],
  })
  const watched = options.instruments.map((each) => begin(each, options.heard?.(each) ?? null))

  const isBehind = ({ isMissing, stretch }: Watched): boolean => isMissing || stretch !== null

  function see(state: Watched, { openTime, high, low }: SeenMinute): void {
    const { seen } = state
    const goesOn = openTime === seen.openTime
    state.seen = {
      openTime,
      high: goesOn ? Math.max(seen.high, high) : high,
      low: goesOn ? Math.min(seen.low, low) : low,
    }
  }

  function play(state: Watched, heardAt: EpochMs, prices: LiveQuote, time = heardAt): void {
    // Of a minute in which it begins nobody knows what was before: its extremes count as played.
    const isAmid = state.heardAt === 0 && heardAt - minuteOf(heardAt) > SECOND_MS
    state.heardAt = heardAt
    state.isCurrent = true
    state.playedLast = prices.last
    const [high, low] = isAmid ? [Infinity, -Infinity] : [prices.last, prices.last]
    see(state, { openTime: minuteOf(heardAt), high, low })
    const stamp = tape.quote(state.instrument, time, prices)
    state.progress.push({ stamp, heard: { at: heardAt, last: prices.last, seen: state.seen } })
    // Nobody asks while nothing is open.
    if (state.progress.length > MAX_PROGRESS) state.progress.splice(0, MAX_PROGRESS / 2)
  }

  function onUpdate(update: QuoteUpdate): void {
    const state = watched[update.instrument.index]!
    const { last, mark, markAt, bid, ask: offer } = update
    const before = state.prices
    state.prices = {
      last: last ?? before.last,
      mark: mark ?? before.mark,
      bid: bid ?? before.bid,
      ask: offer ?? before.ask,
    }
    const time = now()
    if (mark !== undefined || markAt !== undefined) state.markedAt = markAt ?? time
    // A book that moves without trade or mark says nothing of whether those still come.
    if (last === undefined && mark === undefined && markAt === undefined) return
    if (!(state.prices.last > 0 && state.prices.mark > 0)) return
    if (!isBehind(state) && (state.heardAt === 0 || time - state.heardAt <= GAP_MS)) {
      play(state, time, state.prices)
    } else {
      if (!isBehind(state)) {
        state.isMissing = true
        state.askAt = time
      }
      state.backlog.push({ time, prices: state.prices })
      if (state.backlog.length > MAX_BACKLOG) {
        state.backlog.length = 0
        state.isMissing = true
      }
    }
    onNews()
  }

  function askForMissed(state: Watched): void {
    const { instrument, heardAt } = state
    const until = now()
    const gap = `${instrument.symbol}: ${seconds(until - heardAt)} without prices`
    state.isAsking = true
    ask(async () => {
      try {
        const isSettling = Math.floor(heardAt / HOUR_MS) !== Math.floor(until / HOUR_MS)
        const [minutes, settlements] = await Promise.all([
          dialect.minutes(instrument, minuteOf(heardAt), until + 1),
          isSettling ? dialect.settlements(instrument, heardAt, until + 1) : [],
        ])
        if (minutes.size === 0) throw new Error('no candles of it')
        state.stretch = stretchOf(minutes, settlements, state.playedLast, state.seen)
        state.stepAt = 0
        state.heardAt = until
        state.isMissing = false
        state.isTold = false
        if (until - heardAt > TELL_MS)
          tell(`${gap}; what the market did meanwhile is played from candles of one minute`)
      } catch (error) {
        state.askAt = now() + AGAIN_MS
        if (!state.isTold)
          tell(`${gap}, and what happened meanwhile is not told: ${textOf(error)}; it stands still until that is known`)
        state.isTold = true
      } finally {
        state.isAsking = false
      }
    })
  }

  /** One point or settlement, and after the last one what came meanwhile. */
  function playStep(state: Watched, stretch: Stretch, time: EpochMs): void {
    if (time < state.stepAt) return
    if (state.stepAt === 0) state.pastFrom = time
    state.stepAt = time + pointMs
    const { instrument } = state
    if (state.candle === null) {
      const { from } = stretch
      const step = nextMissed(stretch, (low, high) => options.meets(instrument, low, high))
      if (step?.kind === 'settlement') {
        const { settlement } = step
        if (state.funding.settled(settlement)) settle(instrument, settlement.time, settlement.rate, from)
        return
      }
      if (step === null) return endStretch(state)
      state.candle = { ...step, point: 0 }
    }
    const { candle, last, point } = state.candle
    const stamp = tape.missed(instrument, time, candle, point)
    state.pastUntil = stamp
    state.candle.point += 1
    if (state.candle.point < CANDLE_POINTS) return
    // Whoever is ended amid a candle begins it anew: what it met is met, and what is ordered meanwhile waits.
    state.candle = null
    state.playedLast = candle.close
    state.seen = last
    const at = epochMs(Math.min(last.openTime + MINUTE_MS, state.heardAt))
    state.progress.push({ stamp, heard: { at, last: candle.close, seen: last } })
    if (stretch.minutes.length === 0 && stretch.settlements.length === 0) endStretch(state)
  }

  function endStretch(state: Watched): void {
    state.stretch = null
    if (state.isMissing) return
    // Later than what is past.
    const after = epochMs(Math.max(state.pastUntil + 1, now()))
    for (const each of state.backlog.splice(0)) play(state, each.time, each.prices, after)
  }

  return {
    onUpdate,
    get pending() {
      return pending
    },
    isPast: ({ index }, time) => time >= watched[index]!.pastFrom && time <= watched[index]!.pastUntil,
    isCurrent({ index }) {
      const state = watched[index]!
      return state.isCurrent && !isBehind(state) && now() - state.heardAt <= GAP_MS
    },
    heard({ index }, { time, fundedAt }) {
      const { progress, settlements, begun, funding } = watched[index]!
      // Of prices of one moment only the first is known to have been met.
      const isPassed = ([first, next]: typeof progress): boolean =>
        next !== undefined && (next.stamp < time || (next.stamp === time && first!.stamp < time))
      while (isPassed(progress)) progress.shift()
      while (settlements.length > 1 && settlements[1]!.stamp <= fundedAt) settlements.shift()
      const met = progress[0] && progress[0].stamp <= time ? progress[0].heard : begun
      if (met === null) return null
      const settled = settlements[0]
      const before = begun?.settledUntil ?? funding.begunAt
      return { ...met, settledUntil: settled && settled.stamp <= fundedAt ? settled.until : before }
    },
    markedAt: ({ index }) => watched[index]!.markedAt,
    pump() {
      const time = now()
      for (let event = source.next(time); event; event = source.next(time)) {
        if (event.kind === 'bar') tape.bar(event)
        else if (event.kind === 'open_interest') tape.openInterest(event)
        else if (event.kind === 'connection') tell(event.message)
      }
      for (const state of watched) {
        if (state.stretch) playStep(state, state.stretch, time)
        else if (state.isMissing && !state.isAsking && time >= state.askAt) askForMissed(state)
        // What falls into a stretch that is still to be played is settled within it, or after it.
        if (!isBehind(state) && state.prices.mark > 0) state.funding.look(time)
      }
    },
    dueAt() {
      let due = Number.POSITIVE_INFINITY
      for (const state of watched) {
        if (state.stretch) due = Math.min(due, state.stepAt)
        else if (state.isMissing) due = Math.min(due, state.isAsking ? Number.POSITIVE_INFINITY : state.askAt)
        else if (state.prices.mark > 0) due = Math.min(due, state.funding.dueAt())
      }
      return due
    },
  }
}
