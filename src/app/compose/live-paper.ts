import { join } from 'node:path'
import type { CcxtEnvironment } from '../../adapter/ccxt/environment.ts'
import { createWakeup } from '../../adapter/clock/wakeup.ts'
import { createCommandInbox } from '../../adapter/command/inbox.ts'
import { createLiveMarket, type LiveMarket } from '../../adapter/market-data/live-market.ts'
import { readPublicInstruments } from '../../adapter/venue/ccxt/public-instruments.ts'
import { createVenueOnLiveMarket } from '../../adapter/venue/on-live-market.ts'
import { createPaperAccountFile, readPaperAccount, type PaperAccount } from '../../adapter/venue/paper-account.ts'
import { createPaperVenue } from '../../adapter/venue/paper.ts'
import type { Config } from '../../config/schema.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { DAY_MS, HOUR_MS, isoTime, SECOND_MS } from '../../domain/time.ts'
import type { Money } from '../../domain/unit.ts'
import { createEngine } from '../../engine/engine.ts'
import { createExchange, type EmbeddedExchange } from '../../exchange/exchange.ts'
import { assumedTiers } from '../../exchange/listing.ts'
import { isOpen } from '../../exchange/saved.ts'
import { createLiveTape } from '../../exchange/tape/live-tape.ts'
import { createStrategies } from '../../strategy/registry.ts'
import { exchangeParameters } from '../exchange-parameters.ts'
import { sentence } from '../sentence.ts'
import { symbolParts } from '../symbol-parts.ts'
import { stateBarMs } from '../timeframe.ts'
import { collectSoon } from '../collect-garbage.ts'
import { warmOnHistory } from '../warm-history.ts'
import { watchJournal } from '../watched-journal.ts'
import { openAccountStore } from './account-store.ts'
import { connect, type Connection, type ExchangeDouble } from './connect.ts'
import { addressOf } from './exchange-process.ts'
import { BAR_MS, historyDays, openMarketFeed } from './market-feed.ts'
import { heatmapMistake, pollConfigured } from './outside-heatmap.ts'
import { wrongTimeframe } from './paper.ts'
import { savedStateProblem, type TradingResult } from './trading.ts'

export interface LivePaperOptions {
  readonly config: Config
  /** The account's name on this machine. */
  readonly account: string
  readonly configHash: string
  /** Market time per wall time; 1 on every market but a served one. */
  readonly speed: number
  readonly warn: (message: string) => void
  readonly progress: (message: string) => void
  /** For tests, in place of a real exchange. */
  readonly double?: ExchangeDouble
}

type Refused = Extract<TradingResult, { kind: 'refused' }>
const refused = (reason: Refused['reason'], message: string): Refused => ({ kind: 'refused', reason, message })
type Closers = (() => Promise<void> | void)[]

/** The simulated account, beside the journal. */
const ACCOUNT_FILE = 'paper-account.json'
/** Prices are kept at least so often while something is open; wall ms. */
const KEEP_MS = 5 * SECOND_MS
/** The venues' candles of one minute reach back further; what it takes to ask for them, and to play them, does not. */
const MAX_AWAY_DAYS = 20
/** Nothing of the exchange's takes longer than its latency, and none of its news can be lost. */
const LAG_MS = SECOND_MS
const LOOK_MS = HOUR_MS

/**
 * A paper session on the market of an exchange: its public data, read without a key, is the tape of the embedded exchange
 * in this process. Nothing but questions leaves. The account is kept for the next process, which plays what the market did
 * meanwhile; only on a market that is simulated itself does each session begin anew.
 */
export async function composeLivePaper(options: LivePaperOptions): Promise<TradingResult> {
  const closers: Closers = []
  const close = async (): Promise<void> => {
    for (const each of closers.splice(0).toReversed()) await each()
  }
  try {
    const result = await build(options, closers, close)
    if (result.kind === 'refused') await close()
    return result
  } catch (error) {
    await close()
    const problem = savedStateProblem(error, join(options.config.dataDir, options.account))
    if (problem === null) throw error
    return refused('error', problem)
  }
}

async function build(options: LivePaperOptions, closers: Closers, close: () => Promise<void>): Promise<TradingResult> {
  const { config, speed, progress, account } = options
  const { name, url, pairs } = config.exchange
  const embedded = name === 'embedded'
  const mistake = heatmapMistake(config, { kind: embedded ? 'crowd' : 'venue', speed })
  if (mistake !== null) return refused('configuration', mistake)
  const stateMs = stateBarMs(config.timeframe, BAR_MS)
  if (stateMs === undefined) return refused('configuration', wrongTimeframe(config, BAR_MS))

  const ending = new AbortController()
  const { signal } = ending
  let endReason: string | null = null
  const wakeup = createWakeup()
  const warn = (message: string): void => {
    if (!signal.aborted) options.warn(message)
  }
  const end = (reason: string | null): void => {
    endReason ??= reason
    ending.abort()
    wakeup.notify()
  }
  const opening = openAccountStore({
    dataDir: config.dataDir,
    account,
    mode: config.mode,
    venue: name,
    configHash: options.configHash,
    fresh: embedded,
  })
  if (opening.kind === 'refused') return refused('error', opening.message)
  const { store } = opening
  closers.push(() => store.close())
  const id = embedded ? 'binanceusdm' : name
  // Real prices; no connection that is opened here has a key to sign anything with.
  const environment = embedded ? 'embedded' : 'live'
  const connected = await connect({
    id,
    environment,
    address: url === null ? null : { ...addressOf(url, NO_KEYS), key: null },
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

  const read = await readListed(connection, environment, pairs)
  if (read.kind === 'refused') return refused('exchange', read.message)
  const instruments = read.instruments.map(withTiers)
  const path = join(store.directory, ACCOUNT_FILE)
  const kept = embedded ? ({ kind: 'none' } as const) : readPaperAccount(path, instruments)
  if (kept.kind === 'refused') return refused('error', sentence(kept.message))
  const past = kept.kind === 'ok' ? kept.account : null

  const start = clock.now()
  const modeThen = past?.exchange.symbols.some(isOpen) ? past.exchange.marginMode : config.exchange.marginMode
  if (modeThen !== config.exchange.marginMode)
    return refused(
      'configuration',
      `exchange.margin_mode: what is open in the paper account was opened with ${modeThen}. Keep that until it is over.`,
    )
  const lost = tooLongAgo(past, start)
  if (lost !== null) return refused('error', `The paper account in ${path} ${lost}`)
  progress('reading history …')
  let market: LiveMarket | null = null
  const opened = await openMarketFeed({
    connection,
    id,
    environment,
    instruments,
    historyMs: historyDays(config) * DAY_MS,
    barDirectory: embedded ? null : join(config.dataDir, 'public', name),
    onNews: () => wakeup.notify(),
    onUpdate: (update) => market?.onUpdate(update),
    warn,
  })
  if (opened.kind === 'refused') return refused('exchange', opened.message)
  const { feed } = opened
  const { source } = feed
  closers.push(() => feed.close())

  const tape = createLiveTape({ instruments, barMs: BAR_MS, wideBarAtr: config.simulation.wideBarAtr })
  signal.addEventListener('abort', () => tape.end())
  const exchange = createExchange({
    tape,
    parameters: exchangeParameters(config),
    keepFills: true,
    ...(past && { saved: past.exchange }),
  })
  const strategies = createStrategies(config)
  const needsHeatmap = strategies.some((strategy) => strategy.usesHeatmap)
  const engine = createEngine({
    config,
    instruments,
    strategies,
    startingBalance: exchange.ledger.wallet as Money,
    start,
    epoch: store.journal.epoch,
    stateBarMs: stateMs,
    feedBarMs: BAR_MS,
    ticks: true,
    parts: (instrument) => symbolParts(config, instrument, BAR_MS, needsHeatmap, null),
    lasting: {
      requestLifeMs: LAG_MS,
      venueLagMs: LAG_MS,
      reconcileEveryMs: LOOK_MS,
      checkEveryMs: LOOK_MS,
      saved: store.journal.saved,
    },
  })
  const { burnInDays } = config.estimator
  await warmOnHistory({ engine, history: feed.history, burnInDays, progress, onBar: tape.warm })
  closers.push(collectSoon())

  const live = createLiveMarket({
    tape,
    source,
    dialect: feed.dialect,
    instruments,
    meets: exchange.meets,
    heard: ({ symbol }) => (isInvolved(past, symbol) ? (past.heard[symbol] ?? null) : null),
    now: clock.now,
    latencyMs: config.simulation.latencyMs,
    onNews: () => wakeup.notify(),
    tell: warn,
  })
  market = live
  connection.holdWhile(() => source.pending > 0 || live.pending > 0)
  await source.start()
  const heatmap = pollConfigured({ config, states: engine.states, now: clock.now, onNews: wakeup.notify })
  closers.push(() => heatmap?.close())
  const commands = createCommandInbox(clock.now, () => wakeup.notify())
  const save = embedded ? () => true : keepAccount({ path, exchange, market: live, instruments, end })
  closers.push(() => void save())
  const keeping = setInterval(save, KEEP_MS)
  closers.push(() => clearInterval(keeping))
  return {
    kind: 'ok',
    session: {
      engine,
      venue: createPaperVenue({
        venue: createVenueOnLiveMarket(exchange, live),
        market: live,
        now: clock.now,
        save,
        awaited: instruments.filter(({ symbol }) => isInvolved(past, symbol)),
        tell: warn,
      }),
      clock,
      journal: watchJournal(store.journal),
      directory: store.directory,
      clearPanic: () => undefined,
      instruments,
      start,
      startingBalance: exchange.ledger.wallet as Money,
      ownsExchange: embedded,
      simulated: embedded,
      sources: heatmap ? [heatmap.source, commands] : [commands],
      commands,
      ended: signal,
      endReason: () => endReason,
      async close() {
        // What still comes meanwhile is nobody's any more.
        ending.abort()
        await close()
      },
    },
  }
}

interface Kept {
  readonly path: string
  readonly exchange: EmbeddedExchange
  readonly market: LiveMarket
  readonly instruments: readonly Instrument[]
  /** Nothing can go on that the next process would not know of. */
  readonly end: (reason: string) => void
}

/** Writes the account as it is at that moment; false: the disk does not take it. */
function keepAccount({ path, exchange, market, instruments, end }: Kept): () => boolean {
  const write = createPaperAccountFile(path, instruments)
  return () => {
    const saved = exchange.save()
    // Where nothing is open no price is to be gone on from.
    const heard = Object.fromEntries(
      instruments.map((each) => {
        const own = saved.symbols.find(({ symbol }) => symbol === each.symbol)
        return [each.symbol, own && isOpen(own) ? market.heard(each, own.met) : null]
      }),
    )
    try {
      write({ exchange: saved, heard })
      return true
    } catch (error) {
      end(`the paper account cannot be kept: ${error instanceof Error ? error.message : String(error)}`)
      return false
    }
  }
}

/** Whether what the market did since could have met anything of the account's. */
function isInvolved(past: PaperAccount | null, symbol: string): past is PaperAccount {
  return past?.exchange.symbols.some((each) => each.symbol === symbol && isOpen(each)) ?? false
}

/** Why what is open cannot be gone on with; `null`: it can. */
function tooLongAgo(past: PaperAccount | null, now: number): string | null {
  for (const [symbol, heard] of Object.entries(past?.heard ?? {})) {
    if (heard === null || !isInvolved(past, symbol)) continue
    const days = (now - heard.at) / DAY_MS
    if (days < 0) return `was kept at ${isoTime(heard.at)}, which is yet to come: set the clock of this machine right.`
    if (days > MAX_AWAY_DAYS)
      return `has something open in ${symbol}, and was last kept ${Math.floor(days)} days ago: what the market did since is no longer told minute by minute. Move its directory away to begin anew.`
  }
  return null
}

async function readListed(
  connection: Connection,
  environment: CcxtEnvironment,
  symbols: readonly string[],
): ReturnType<typeof readPublicInstruments> {
  const exchange = await connection.openPublic(environment)
  try {
    return await readPublicInstruments({ exchange, symbols, now: connection.clock.now })
  } finally {
    await exchange.close()
  }
}

const NO_KEYS = { key: '', secret: '', password: null }

/** Where a venue shows its margin tiers to accounts alone, those that our exchange assumes stand in for them. */
const withTiers = (instrument: Instrument): Instrument =>
  instrument.marginTiers.length > 0 ? instrument : { ...instrument, marginTiers: assumedTiers(instrument.symbol) }
