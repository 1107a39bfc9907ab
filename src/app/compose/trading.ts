import { join } from 'node:path'
import { createCommandInbox, type CommandInbox } from '../../adapter/command/inbox.ts'
import { createWakeup } from '../../adapter/clock/wakeup.ts'
import { clearPanicLatch, hasPanicLatch, readPanicLatch } from '../../adapter/lock/panic-latch.ts'
import { createCcxtVenue } from '../../adapter/venue/ccxt/create-venue.ts'
import type { CcxtVenue } from '../../adapter/venue/ccxt/venue.ts'
import type { Credentials } from '../../config/credentials.ts'
import type { Config, FileConfig } from '../../config/schema.ts'
import { Dec } from '../../domain/decimal.ts'
import type { EngineEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { DAY_MS, SECOND_MS } from '../../domain/time.ts'
import { type EpochMs, type Money } from '../../domain/unit.ts'
import { createEngine, type Engine } from '../../engine/engine.ts'
import { SavedStateError } from '../../engine/saved-text.ts'
import type { Clock } from '../../port/clock.ts'
import type { EventSource } from '../../port/market.ts'
import type { Venue } from '../../port/venue.ts'
import { createStrategies } from '../../strategy/registry.ts'
import { collectGarbage, collectSoon } from '../collect-garbage.ts'
import { rehearse } from '../rehearsal.ts'
import { symbolParts } from '../symbol-parts.ts'
import { stateBarMs } from '../timeframe.ts'
import { warmOnHistory } from '../warm-history.ts'
import { watchJournal, type WatchedJournal } from '../watched-journal.ts'
import { openAccountStore } from './account-store.ts'
import { environmentOf, keysOf, missingKeys } from './ccxt-keys.ts'
import { connect, isOpeningMistake, type ExchangeDouble } from './connect.ts'
import { removeExchangeFile, writeExchangeFile } from './exchange-file.ts'
import { heatmapMistake, pollConfigured } from './outside-heatmap.ts'
import { addressOf, startExchangeProcess, type ExchangeAddress } from './exchange-process.ts'
import { BAR_MS, historyDays, openMarketFeed } from './market-feed.ts'

export interface TradingOptions {
  readonly config: Config
  readonly file: FileConfig
  readonly credentials: Credentials | null
  readonly seed: number
  readonly speed: number
  readonly tape: readonly string[] | null
  /** The account's name on this machine, and what its rows are marked with. */
  readonly account: string
  readonly configHash: string
  readonly warn: (message: string) => void
  readonly progress: (message: string) => void
  /** For tests, in place of a real exchange. */
  readonly double?: ExchangeDouble
}

/** A bot at an exchange, through ccxt: everything its run loop needs. */
export interface TradingSession {
  readonly engine: Engine
  readonly venue: Venue
  readonly sources: readonly EventSource[]
  readonly commands: CommandInbox
  readonly clock: Clock
  readonly journal: WatchedJournal
  /** Where everything of the account lies. */
  readonly directory: string
  /** Takes the latch away that `panic` left. */
  readonly clearPanic: () => void
  readonly instruments: readonly Instrument[]
  readonly start: EpochMs
  readonly startingBalance: Money
  /** The exchange was started by us and ends with us: nothing may be left open on it. */
  readonly ownsExchange: boolean
  /** Neither the market nor the money is real. */
  readonly simulated: boolean
  /** Aborts when the exchange is gone or its market is over. */
  readonly ended: AbortSignal
  readonly endReason: () => string | null
  close(): Promise<void>
}

export type TradingResult =
  | { readonly kind: 'ok'; readonly session: TradingSession }
  | { readonly kind: 'refused'; readonly reason: 'configuration' | 'exchange' | 'error'; readonly message: string }

const MINIMUM_BALANCE = new Dec(10)
const ORDER_LAG_MS = 5 * SECOND_MS
/** Wall ms: a start soon after another finds the minute's request budget used up, and has to see the next minute. */
const FIRST_LOOK_MS = 90 * SECOND_MS
const LOOK_AGAIN_MS = SECOND_MS
/** Wall ms. Panic counts on it: no look is its last before a bot has had the time to see the latch. */
const PANIC_LOOK_MS = 100

/** Starts the exchange where it is our own, connects, reads history, and builds the engine; or says why not. */
export async function composeTrading(options: TradingOptions): Promise<TradingResult> {
  const { config } = options
  const closers: (() => Promise<void> | void)[] = []
  const close = async (): Promise<void> => {
    for (const each of closers.splice(0).toReversed()) await each()
  }
  try {
    const result = await build(options, closers, close)
    if (result.kind === 'refused') await close()
    return result
  } catch (error) {
    await close()
    if (isOpeningMistake(error)) return { kind: 'refused', reason: 'configuration', message: error.message }
    const problem = savedStateProblem(error, join(config.dataDir, options.account))
    if (problem !== null) return { kind: 'refused', reason: 'error', message: problem }
    throw error
  }
}

/** A sentence on what cannot be taken up of the last process; `null`: the error is another one. */
export const savedStateProblem = (error: unknown, directory: string): string | null =>
  error instanceof SavedStateError
    ? `What the last process left cannot be taken up: ${error.message}. The journal in ${directory} is unchanged. ${error.remedy}`
    : null

type Refused = Extract<TradingResult, { kind: 'refused' }>
const refused = (reason: Refused['reason'], message: string): Refused => ({ kind: 'refused', reason, message })

async function build(
  options: TradingOptions,
  closers: (() => Promise<void> | void)[],
  close: () => Promise<void>,
): Promise<TradingResult> {
  const { config, speed, warn } = options
  const embedded = config.exchange.name === 'embedded'
  const { url } = config.exchange
  const owns = embedded && url === null
  const mistake = heatmapMistake(config, {
    kind: options.tape ? 'tape' : embedded ? 'crowd' : 'venue',
    speed,
  })
  if (mistake !== null) return refused('configuration', mistake)
  // Before anything is on disk: an account without keys would stand beside the real one, and have to be told from it.
  const missing = missingKeys(config, options.credentials)
  if (missing !== null) return refused('configuration', missing)
  const ending = new AbortController()
  let endReason: string | null = null
  const end = (reason: string | null): void => {
    endReason ??= reason
    wakeup.notify()
    ending.abort()
  }
  const wakeup = createWakeup()
  const opening = openAccountStore({
    dataDir: config.dataDir,
    account: options.account,
    mode: config.mode,
    venue: config.exchange.name,
    configHash: options.configHash,
    fresh: owns,
  })
  if (opening.kind === 'refused') return refused('error', opening.message)
  const { store } = opening
  closers.push(() => store.close())
  let address: ExchangeAddress | null = null
  if (owns) {
    const started = await startExchangeProcess({
      file: options.file,
      seed: options.seed,
      tape: options.tape,
      onExit: end,
    })
    if (started.kind === 'refused') return refused('error', started.message)
    address = started.process.address
    closers.push(() => started.process.stop())
    writeExchangeFile(store.directory, address)
    closers.push(() => removeExchangeFile(store.directory))
  }
  const id = config.exchange.name === 'embedded' ? 'binanceusdm' : config.exchange.name
  const environment = environmentOf(config)
  if (embedded && url !== null && options.credentials) address = addressOf(url, options.credentials)
  const connected = await connect({
    id,
    environment,
    address,
    double: options.double,
    speed,
    wakeup,
    warn,
    onEnd: end,
    onViolation: end,
  })
  if (connected.kind === 'refused') return refused('exchange', connected.message)
  const { connection } = connected
  const { clock } = connection
  closers.push(() => connection.control?.close())
  const keys = address ? { apiKey: address.key, secret: address.secret } : keysOf(options.credentials)
  if (!keys) return refused('configuration', `no keys for ${id}`)

  const opened = await createCcxtVenue({
    exchange: await connection.open(keys),
    // As they are written: a spot symbol is known by its spelling.
    symbols: config.exchange.pairs,
    quote: 'USDT',
    marginMode: config.exchange.marginMode,
    leverage: config.exchange.leverage,
    minimumBalance: MINIMUM_BALANCE,
    anyAddress: config.live.anyAddress,
    probeStops: true,
    // The embedded exchange stands still while its bot is silent.
    ...(!embedded && config.exchange.deadManSecs !== null && { deadManMs: config.exchange.deadManSecs * SECOND_MS }),
    // An embedded exchange has one account for each key.
    ...(!embedded && { claim: store.claim }),
    // A bot that was held up has not seen it yet when it goes on.
    barred: () => (hasPanicLatch(store.directory) ? 'panic has stopped this account' : null),
    now: clock.now,
    wakeup: () => wakeup.notify(),
    warn,
  })
  if (opened.kind === 'refused') return refused(opened.code === 'ACCOUNT_TAKEN' ? 'error' : 'exchange', opened.message)
  const { venue } = opened
  closers.push(() => venue.close())
  const { instruments } = venue

  const start = clock.now()
  const stateMs = stateBarMs(config.timeframe, BAR_MS)
  if (stateMs === undefined)
    return refused('configuration', `timeframe: ${config.timeframe} cannot be built from bars of 5 min`)
  options.progress('reading history …')
  const read = await openMarketFeed({
    connection,
    id,
    environment,
    instruments,
    historyMs: historyDays(config) * DAY_MS,
    barDirectory: embedded ? null : join(store.directory, 'bars'),
    onNews: () => wakeup.notify(),
    warn,
  })
  if (read.kind === 'refused') return refused('exchange', read.message)
  const { feed } = read
  closers.push(() => feed.close())
  const { source } = feed
  connection.holdWhile(() => venue.underWay > 0 || source.pending > 0)
  await source.start()

  const early = await firstSnapshot(venue, clock)
  if (!early) return refused('exchange', 'the exchange did not tell what the account holds')
  const strategies = createStrategies(config)
  const needsHeatmap = strategies.some((strategy) => strategy.usesHeatmap)
  const engine = createEngine({
    config,
    instruments,
    strategies,
    startingBalance: early.wallet,
    start,
    epoch: store.journal.epoch,
    stateBarMs: stateMs,
    feedBarMs: BAR_MS,
    ticks: true,
    parts: (instrument) => symbolParts(config, instrument, BAR_MS, needsHeatmap, null),
    lasting: {
      requestLifeMs: venue.requestLifeMs,
      venueLagMs: ORDER_LAG_MS,
      reconcileEveryMs: config.reconcileIntervalSecs * SECOND_MS,
      checkEveryMs: config.protectionCheckSecs * SECOND_MS,
      saved: store.journal.saved,
    },
  })
  const { burnInDays } = config.estimator
  await warmOnHistory({ engine, history: feed.history, burnInDays, progress: options.progress })
  // A market that waits for its bot gains nothing by a quicker one.
  closers.push(connection.control === null ? rehearseOn(engine, config, stateMs, warn) : collectSoon())
  const commands = createCommandInbox(clock.now, () => wakeup.notify())
  closers.push(obeyPanic(store.directory, commands))
  const outside = pollConfigured({ config, states: engine.states, now: clock.now, onNews: wakeup.notify })
  closers.push(() => outside?.close())
  return {
    kind: 'ok',
    session: {
      engine,
      venue: withEarly(venue, early.events),
      sources: outside ? [source, outside.source, commands] : [source, commands],
      commands,
      clock,
      journal: watchJournal(store.journal),
      directory: store.directory,
      clearPanic: () => clearPanicLatch(store.directory),
      instruments,
      start,
      startingBalance: early.wallet,
      ownsExchange: owns,
      simulated: embedded,
      ended: ending.signal,
      endReason: () => endReason,
      close,
    },
  }
}

/** Rehearses on the first contract that has a price; returns how to stop. */
function rehearseOn({ states }: Engine, config: Config, barMs: number, warn: (message: string) => void): () => void {
  const { ended, stop } = rehearse(() => {
    const priced = states.find(({ last }) => last > 0)
    return priced && { config, instrument: priced.instrument, price: priced.last, barMs }
  }, warn)
  void ended.then((wasWhole) => (wasWhole ? collectGarbage() : undefined))
  return stop
}

/** Looks for the latch that `panic` leaves, and kills entries when it is there; returns how to stop looking. */
function obeyPanic(directory: string, commands: CommandInbox): () => void {
  let told = false
  const look = (): void => {
    const latch = readPanicLatch(directory)
    if (latch !== null && !told) void commands.submit({ name: 'kill', reason: `panic: ${latch.reason}` })
    told = latch !== null
  }
  look()
  const timer = setInterval(look, PANIC_LOOK_MS)
  timer.unref()
  return () => clearInterval(timer)
}

interface Early {
  readonly events: readonly EngineEvent[]
  readonly wallet: Money
}

/** What the account holds before anything is decided, and all that the venue told until then. */
async function firstSnapshot(venue: CcxtVenue, clock: Clock): Promise<Early | null> {
  const events: EngineEvent[] = []
  const deadline = performance.now() + FIRST_LOOK_MS
  venue.snapshot(clock.now())
  while (performance.now() < deadline) {
    const event = venue.events.next(clock.now())
    if (event?.kind === 'snapshot_failed') {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS))
      venue.snapshot(clock.now())
    } else if (event?.kind === 'account_snapshot') return { events, wallet: event.wallet }
    else if (event) events.push(event)
    else await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return null
}

/** The venue, whose first news have been read already. */
function withEarly(venue: CcxtVenue, early: readonly EngineEvent[]): Venue {
  const first = [...early]
  const { events } = venue
  return {
    instruments: venue.instruments,
    events: {
      peek: () => first[0]?.time ?? events.peek(),
      next: (until) => (first[0] && first[0].time <= until ? first.shift() : events.next(until)),
      exhausted: () => first.length === 0 && events.exhausted(),
    },
    submit: venue.submit,
    cancel: venue.cancel,
    query: venue.query,
    check: venue.check,
    snapshot: venue.snapshot,
    get pending() {
      return venue.pending
    },
  }
}
