import type { Instrument } from '../../domain/instrument.ts'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import type { LiveQuote, LiveTape } from '../../exchange/tape/live-tape.ts'
import type { EventSource } from '../../port/market.ts'
import type { MarketDialect, QuoteUpdate } from './ccxt/dialect.ts'
import { createFundingWatch, type FundingWatch } from './funding-watch.ts'
import { missedSteps, type MissedStep, type SeenMinute } from './missed-steps.ts'

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
  /** Whether every instrument has a price of now, and nothing of the past is still to be played. */
  isCurrent(): boolean
  /** What has been played of an instrument, for a later process; `null`: nothing yet. */
  heard(instrument: Instrument): Heard | null
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
}

export interface LiveMarketOptions {
  readonly tape: LiveTape
  /** Bars and open interest; its prices are left, for `onUpdate` hears more of them. */
  readonly source: Pick<EventSource, 'next'>
  readonly dialect: Pick<MarketDialect, 'minutes' | 'nextFunding' | 'settlements'>
  readonly instruments: readonly Instrument[]
  /** How far an earlier process got: what happened since is played before what is now. */
  readonly heard?: (instrument: Instrument) => Heard | null
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
  /** Steps that are still to be played. */
  steps: MissedStep[]
  stepAt: number
  /** How far it had been played when the steps were asked for. */
  before: Heard | null
  pastFrom: number
  pastUntil: number
  /** What came meanwhile, and when. */
  readonly backlog: { readonly time: EpochMs; readonly prices: LiveQuote }[]
}

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

  const settle = (instrument: Instrument, rate: number): void =>
    tape.settle(instrument, now(), rate, watched[instrument.index]!.prices.mark)

  const begin = (instrument: Instrument, before: Heard | null): Watched => ({
    instrument,
    funding: createFundingWatch({
      instrument,
      dialect,
      start: now(),
      ask,
      now,
      settle: (_time, rate) => settle(instrument, rate),
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
    steps: [],
    stepAt: 0,
    before: null,
    pastFrom: Number.POSITIVE_INFINITY,
    pastUntil: Number.NEGATIVE_INFINITY,
    backlog: [],
  })
  const watched = options.instruments.map((each) => begin(each, options.heard?.(each) ?? null))

  const isBehind = ({ isMissing, steps }: Watched): boolean => isMissing || steps.length > 0

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
    state.heardAt = heardAt
    state.isCurrent = true
    state.playedLast = prices.last
    see(state, { openTime: minuteOf(heardAt), high: prices.last, low: prices.last })
    tape.quote(state.instrument, time, prices)
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
        state.before = { at: epochMs(heardAt), last: state.playedLast, seen: state.seen }
        state.steps = [...missedSteps(minutes, settlements, state.playedLast, state.seen)]
        state.stepAt = 0
        state.heardAt = until
        for (const [openTime, { high, low }] of minutes)
          if (openTime >= state.seen.openTime) see(state, { openTime, high, low })
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

  /** One step, and after the last one what came meanwhile. */
  function playStep(state: Watched, time: EpochMs): void {
    if (time < state.stepAt) return
    if (state.stepAt === 0) state.pastFrom = time
    const { instrument } = state
    const step = state.steps.shift()!
    if (step.kind === 'point') state.pastUntil = tape.missed(instrument, time, step.candle, step.point)
    else if (state.funding.settled(step.settlement)) settle(instrument, step.settlement.rate)
    state.stepAt = time + pointMs
    if (state.steps.length > 0) return
    if (step.kind === 'point') state.playedLast = step.candle.close
    if (state.isMissing) return
    // Later than what is past.
    const after = epochMs(state.pastUntil + 1)
    for (const each of state.backlog.splice(0)) play(state, each.time, each.prices, after)
  }

  return {
    onUpdate,
    get pending() {
      return pending
    },
    isPast: ({ index }, time) => time >= watched[index]!.pastFrom && time <= watched[index]!.pastUntil,
    isCurrent: () => watched.every((state) => state.isCurrent && !isBehind(state)),
    heard({ index }) {
      const { heardAt, playedLast, seen, steps, before } = watched[index]!
      if (steps.length > 0) return before
      return heardAt === 0 ? null : { at: epochMs(heardAt), last: playedLast, seen }
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
        if (state.steps.length > 0) playStep(state, time)
        else if (state.isMissing && !state.isAsking && time >= state.askAt) askForMissed(state)
        // What falls into a stretch that is still to be played is settled within it, or after it.
        if (!isBehind(state) && state.prices.mark > 0) state.funding.look(time)
      }
    },
    dueAt() {
      let due = Number.POSITIVE_INFINITY
      for (const state of watched) {
        if (state.steps.length > 0) due = Math.min(due, state.stepAt)
        else if (state.isMissing) due = Math.min(due, state.isAsking ? Number.POSITIVE_INFINITY : state.askAt)
        else if (state.prices.mark > 0) due = Math.min(due, state.funding.dueAt())
      }
      return due
    },
  }
}
