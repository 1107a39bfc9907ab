import { join } from 'node:path'
import type { CcxtEnvironment } from '../../adapter/ccxt/environment.ts'
import { createWakeup } from '../../adapter/clock/wakeup.ts'
import { createMemoryJournal } from '../../adapter/journal/memory.ts'
import { createLiveMarket, type LiveMarket } from '../../adapter/market-data/live-market.ts'
import { readPublicInstruments } from '../../adapter/venue/ccxt/public-instruments.ts'
import { createVenueOnLiveMarket } from '../../adapter/venue/on-live-market.ts'
import type { Config } from '../../config/schema.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { DAY_MS } from '../../domain/time.ts'
import { money } from '../../domain/unit.ts'
import { createEngine } from '../../engine/engine.ts'
import { createExchange } from '../../exchange/exchange.ts'
import { assumedTiers } from '../../exchange/listing.ts'
import { createLiveTape } from '../../exchange/tape/live-tape.ts'
import { createStrategies } from '../../strategy/registry.ts'
import { exchangeParameters } from '../exchange-parameters.ts'
import { symbolParts } from '../symbol-parts.ts'
import { stateBarMs } from '../timeframe.ts'
import { collectSoon } from '../collect-garbage.ts'
import { warmOnHistory } from '../warm-history.ts'
import { connect, type Connection, type ExchangeDouble } from './connect.ts'
import { addressOf } from './exchange-process.ts'
import { BAR_MS, historyDays, openMarketFeed } from './market-feed.ts'
import { heatmapMistake, pollConfigured } from './outside-heatmap.ts'
import { wrongTimeframe, type PaperResult } from './paper.ts'

export interface LivePaperOptions {
  readonly config: Config
  /** Market time per wall time; 1 on every market but a served one. */
  readonly speed: number
  readonly warn: (message: string) => void
  readonly progress: (message: string) => void
  /** For tests, in place of a real exchange. */
  readonly double?: ExchangeDouble
}

type Refused = Extract<PaperResult, { kind: 'refused' }>
const refused = (reason: Refused['reason'], message: string): Refused => ({ kind: 'refused', reason, message })
type Closers = (() => Promise<void> | void)[]

/**
 * A paper session on the market of an exchange: its public data, read without a key, is the tape of the embedded exchange
 * in this process. Nothing but questions leaves.
 */
export async function composeLivePaper(options: LivePaperOptions): Promise<PaperResult> {
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
    throw error
  }
}

async function build(options: LivePaperOptions, closers: Closers, close: () => Promise<void>): Promise<PaperResult> {
  const { config, speed, progress } = options
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

  const start = clock.now()
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
  const exchange = createExchange({ tape, parameters: exchangeParameters(config) })
  const strategies = createStrategies(config)
  const needsHeatmap = strategies.some((strategy) => strategy.usesHeatmap)
  const engine = createEngine({
    config,
    instruments,
    strategies,
    startingBalance: money(config.dryRunWallet),
    start,
    epoch: 1,
    stateBarMs: stateMs,
    feedBarMs: BAR_MS,
    ticks: true,
    parts: (instrument) => symbolParts(config, instrument, BAR_MS, needsHeatmap, null),
  })
  const { burnInDays } = config.estimator
  await warmOnHistory({ engine, history: feed.history, burnInDays, progress, onBar: tape.warm })
  closers.push(collectSoon())

  const live = createLiveMarket({
    tape,
    source,
    dialect: feed.dialect,
    instruments,
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
  return {
    kind: 'ok',
    session: {
      engine,
      exchange,
      venue: createVenueOnLiveMarket(exchange, live),
      clock,
      journal: createMemoryJournal(),
      instruments,
      start,
      market: { exchange: name },
      crowd: null,
      sources: heatmap ? [heatmap.source] : [],
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
