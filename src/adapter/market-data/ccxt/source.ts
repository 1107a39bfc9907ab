import type { BarEvent, ConnectionChanged, EngineEvent, OpenInterestEvent, PriceEvent } from '../../../domain/event.ts'
import type { OpenInterest } from '../../../domain/cluster.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import { SECOND_MS } from '../../../domain/time.ts'
import { epochMs, type EpochMs } from '../../../domain/unit.ts'
import type { EventSource } from '../../../port/market.ts'
import type { OpenedExchange } from '../../ccxt/open-exchange.ts'
import type { MarketDialect, QuoteUpdate } from './dialect.ts'
import { createMarketStreams } from './streams.ts'

export interface MarketDataSourceOptions {
  readonly exchange: Pick<OpenedExchange, 'openStream'>
  readonly dialect: MarketDialect
  readonly instruments: readonly Instrument[]
  readonly barMs: number
  /** How long after its close a bar is asked for; market ms. */
  readonly barLagMs: number
  /** Close of the last bar that is known already. */
  readonly knownUntil: EpochMs
  readonly now: () => EpochMs
  /** Hears of every update, also of those that are overtaken before they are told as events. */
  readonly onUpdate?: ((update: QuoteUpdate) => void) | undefined
  /** A closed bar has come. */
  readonly onBar?: ((bar: BarEvent) => void) | undefined
  /** Something is waiting. */
  readonly onNews: () => void
  readonly warn: (message: string) => void
  /** The streams are on market time: silence on the wall clock means nothing. */
  readonly lockStep: boolean
}

/** Close of the last bar that a venue has published by `now`. */
export const publishedUntil = (now: EpochMs, barMs: number, barLagMs: number): EpochMs =>
  epochMs(Math.floor((now - barLagMs) / barMs) * barMs)

/** Public market data of one venue as events: prices from streams, closed bars and open interest by asking. */
export interface MarketDataSource extends EventSource {
  /** Opens the streams; resolves after the first attempt. */
  start(): Promise<void>
  /** Requests under way. */
  readonly pending: number
  close(): void
}

interface Quote {
  last: number
  mark: number
  bid: number
  ask: number
  /** Time of the first update that has not been told; Infinity: none. */
  dirty: number
  time: number
  /** Since when the mark may have been another one: the venue's time of its latest word on it. */
  markTime: number
}

const OPEN_INTEREST_MS = 30 * SECOND_MS
const OPEN_INTEREST_LAG_MS = SECOND_MS
/** After each of these a new long/short ratio is out, so much later. */
const RATIO_MS = 300 * SECOND_MS
const RATIO_LAG_MS = 30 * SECOND_MS
/** A bar that is not there yet is asked for again; market ms. */
const BAR_RETRY_MS = 2 * SECOND_MS
/** Prices are asked for after this much silence; wall ms. */
const SILENT_MS = 5 * SECOND_MS

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export function createMarketDataSource(options: MarketDataSourceOptions): MarketDataSource {
  const { dialect, instruments, barMs, barLagMs, now, onNews, warn } = options
  const quotes = instruments.map((): Quote => ({
    last: Number.NaN,
    mark: Number.NaN,
    bid: Number.NaN,
    ask: Number.NaN,
    dirty: Number.POSITIVE_INFINITY,
    time: 0,
    markTime: 0,
  }))
  /** Bars, open interest and news of the streams, in order of arrival. */
  const ready: (BarEvent | OpenInterestEvent | ConnectionChanged)[] = []
  const ratios: (Pick<OpenInterest, 'ratio' | 'ratioKind'> | undefined)[] = []
  let nextBar = options.knownUntil + barMs
  let barDue = nextBar + barLagMs
  let interestDue = Math.ceil(now() / OPEN_INTEREST_MS) * OPEN_INTEREST_MS + OPEN_INTEREST_LAG_MS
  let ratioDue = 0
  let fetchingBars = false
  let pending = 0
  let closed = false
  let heardAt = performance.now()

  function take(updates: readonly QuoteUpdate[]): void {
    const time = now()
    for (const update of updates) {
      const quote = quotes[update.instrument.index]!
      if (update.last !== undefined) quote.last = update.last
      if (update.mark !== undefined) quote.mark = update.mark
      if (update.bid !== undefined) quote.bid = update.bid
      if (update.ask !== undefined) quote.ask = update.ask
      quote.time = time
      if (update.markAt !== undefined || update.mark !== undefined) quote.markTime = update.markAt ?? time
      quote.dirty = Math.min(quote.dirty, time)
      options.onUpdate?.(update)
    }
    if (updates.length > 0) onNews()
  }

  /** Why prices may be missing; the market is up while there is no reason. */
  const troubles = new Set<'streams' | 'silence'>()

  function tell(cause: 'streams' | 'silence', state: 'up' | 'down', message: string): void {
    const before = troubles.size
    if (state === 'down') troubles.add(cause)
    else troubles.delete(cause)
    if ((before === 0) === (troubles.size === 0)) return
    ready.push({ kind: 'connection', time: now(), channel: 'market', state, message })
    onNews()
  }

  const streams = createMarketStreams({
    exchange: options.exchange,
    dialect,
    onUpdates: (updates) => {
      // A frame that says nothing of prices, like the answer to a ping, breaks no silence.
      if (updates.length === 0) return
      heardAt = performance.now()
      tell('silence', 'up', 'the market streams speak again')
      take(updates)
    },
    onState: (state, message) => tell('streams', state, message),
  })

  /** Runs in the background; what fails is said and tried again when it is next due. */
  function ask(what: string, work: () => Promise<void>): void {
    pending += 1
    work()
      .catch((error: unknown) => {
        if (!closed) warn(`${what}: ${textOf(error)}`)
      })
      .finally(() => {
        pending -= 1
        onNews()
      })
  }

  /** The next bar of every symbol, together: none is left out, and none is told before the others are there. */
  async function fetchBars(openTime: EpochMs): Promise<void> {
    const time = now()
    const found = await Promise.all(instruments.map((instrument) => dialect.bar(instrument, openTime, time)))
    if (found.some((bar) => bar === null)) {
      barDue = now() + BAR_RETRY_MS
      return
    }
    for (const bar of found) {
      if (!bar) continue
      ready.push({ ...bar, time: epochMs(Math.max(bar.time, now())) })
      options.onBar?.(bar)
    }
    nextBar += barMs
    barDue = nextBar + barLagMs
  }

  /** A ratio comes less often than the total and holds until the next. */
  function withKnownRatio(event: OpenInterestEvent): OpenInterestEvent {
    const { index } = event.instrument
    const { ratio, ratioKind } = event.openInterest
    if (ratio !== null) ratios[index] = { ratio, ratioKind }
    const known = ratios[index]
    return ratio === null && known ? { ...event, openInterest: { ...event.openInterest, ...known } } : event
  }

  function startDue(time: EpochMs): void {
    if (barDue <= time && !fetchingBars) {
      const openTime = epochMs(nextBar - barMs)
      fetchingBars = true
      barDue = time + BAR_RETRY_MS
      ask('the last bar', () =>
        fetchBars(openTime).finally(() => {
          fetchingBars = false
        }),
      )
    }
    if (interestDue <= time) {
      const withRatio = ratioDue <= time
      interestDue += OPEN_INTEREST_MS * Math.max(1, Math.ceil((time - interestDue + 1) / OPEN_INTEREST_MS))
      const priced = instruments.filter(({ index }) => Number.isFinite(quotes[index]!.mark))
      ask('open interest', async () => {
        const told = priced.map((each) => dialect.openInterest(each, quotes[each.index]!.mark, withRatio, time))
        ready.push(...(await Promise.all(told)).map(withKnownRatio))
      })
      if (withRatio) ratioDue = (Math.floor((time - RATIO_LAG_MS) / RATIO_MS) + 1) * RATIO_MS + RATIO_LAG_MS
    }
  }

  const dirtyAt = (): number => {
    let first = Number.POSITIVE_INFINITY
    for (const { dirty, last, mark } of quotes) if (dirty < first && last > 0 && mark > 0) first = dirty
    return first
  }

  function price(): PriceEvent | undefined {
    for (const [index, quote] of quotes.entries()) {
      if (quote.dirty === Number.POSITIVE_INFINITY || !(quote.last > 0 && quote.mark > 0)) continue
      quote.dirty = Number.POSITIVE_INFINITY
      const time = epochMs(quote.time)
      const venueTime = epochMs(quote.markTime)
      const { last, mark, bid, ask: offer } = quote
      return { kind: 'price', time, venueTime, instrument: instruments[index]!, last, mark, bid, ask: offer }
    }
    return undefined
  }

  const watch = options.lockStep
    ? null
    : setInterval(() => {
        if (performance.now() - heardAt < SILENT_MS) return
        heardAt = performance.now()
        tell('silence', 'down', `no market stream has spoken for ${SILENT_MS / SECOND_MS} s; prices are asked for`)
        ask('prices by request', async () => take(await dialect.quotes()))
      }, SECOND_MS)
  watch?.unref()

  return {
    start: () => streams.start(),
    get pending() {
      return pending
    },
    peek() {
      const time = Math.min(
        dirtyAt(),
        ready[0]?.time ?? Number.POSITIVE_INFINITY,
        fetchingBars ? Infinity : barDue,
        interestDue,
      )
      return time === Number.POSITIVE_INFINITY ? undefined : epochMs(time)
    },
    next(until): EngineEvent | undefined {
      const waiting = ready[0]?.time ?? Number.POSITIVE_INFINITY
      const dirty = dirtyAt()
      if (dirty <= until && dirty <= waiting) return price()
      if (waiting <= until) return ready.shift()
      startDue(until)
      return undefined
    },
    exhausted: () => closed,
    close() {
      closed = true
      if (watch) clearInterval(watch)
      streams.close()
    },
  }
}
