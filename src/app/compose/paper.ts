import { createPacedClock } from '../../adapter/clock/paced.ts'
import { createVirtualClock } from '../../adapter/clock/virtual.ts'
import { createMemoryJournal, type MemoryJournal } from '../../adapter/journal/memory.ts'
import { createInProcessVenue } from '../../adapter/venue/in-process.ts'
import type { Config } from '../../config/schema.ts'
import type { BarColumns } from '../../domain/bar-columns.ts'
import type { PriceEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { normaliseSymbol } from '../../domain/instrument.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import { epochMs, money, type EpochMs } from '../../domain/unit.ts'
import { createEngine, type Engine } from '../../engine/engine.ts'
import { createCrowd } from '../../exchange/crowd/crowd.ts'
import type { CrowdTape } from '../../exchange/crowd/crowd-tape.ts'
import { createExchange, type EmbeddedExchange } from '../../exchange/exchange.ts'
import { listInstrument } from '../../exchange/listing.ts'
import { createBarTape } from '../../exchange/tape/bar-tape.ts'
import type { Tape } from '../../exchange/tape.ts'
import type { Clock } from '../../port/clock.ts'
import type { EventSource } from '../../port/market.ts'
import type { Venue } from '../../port/venue.ts'
import { createStrategies } from '../../strategy/registry.ts'
import { exchangeParameters } from '../exchange-parameters.ts'
import { symbolParts } from '../symbol-parts.ts'
import { tapeStart } from '../tape-start.ts'
import { stateBarMs } from '../timeframe.ts'
import { warmBar } from '../warm-bar.ts'
import { heatmapMistake, pollConfigured, replayHeatmap } from './outside-heatmap.ts'

/** Market time 0 of the simulated crowd: a fixed Monday, so that a seed means the same market on every day. */
export const CROWD_START: EpochMs = epochMs(Date.UTC(2026, 0, 5))
const CROWD_BAR_MS = 5 * MINUTE_MS

export interface PaperOptions {
  readonly config: Config
  readonly seed: number
  /** Market time to run; `null`: until interrupted or the tape ends. */
  readonly durationMs: number | null
  /** Market time per wall time; Infinity: as fast as the machine can. */
  readonly speed: number
  /** Candles instead of the crowd. */
  readonly tape: readonly BarColumns[] | null
}

/** Everything a paper session runs on: the engine and the embedded exchange in this process. */
export interface PaperSession {
  readonly engine: Engine
  readonly exchange: EmbeddedExchange
  readonly venue: Venue
  readonly clock: Clock
  readonly journal: MemoryJournal
  readonly instruments: readonly Instrument[]
  readonly start: EpochMs
  readonly market: 'crowd' | 'tape'
  /** The crowd, for its forced orders; `null` on a tape. */
  readonly crowd: CrowdTape | null
  /** What speaks besides the exchange: a heatmap that is not our own. */
  readonly sources: readonly EventSource[]
  close(): Promise<void>
}

export type PaperResult =
  | { readonly kind: 'ok'; readonly session: PaperSession }
  /** What of the configuration does not fit. */
  | { readonly kind: 'refused'; readonly message: string }

/** Builds a paper session and warms its engine up; `refused` with a sentence where the configuration does not fit. */
export function composePaper(options: PaperOptions): PaperResult {
  const { config } = options
  const mistake = heatmapMistake(config, { kind: options.tape ? 'tape' : 'crowd', speed: options.speed })
  if (mistake !== null) return refused(mistake)
  return options.tape ? onTape(options, options.tape) : onCrowd(options)
}

function onCrowd(options: PaperOptions): PaperResult {
  const { config, seed, durationMs } = options
  const instruments: Instrument[] = []
  for (const pair of config.exchange.pairs) {
    const symbol = normaliseSymbol(pair)
    if (symbol === undefined || !CROWD_SYMBOLS.includes(symbol)) {
      return refused(`exchange.pairs: the simulated crowd trades ${CROWD_SYMBOLS.join(', ')}, not ${pair}`)
    }
    instruments.push(listInstrument(symbol, instruments.length, Number.NaN))
  }
  const crowd = createCrowd({
    seed,
    instruments,
    start: CROWD_START,
    barMs: CROWD_BAR_MS,
    ...(durationMs === null ? {} : { durationMs }),
  })
  const stateMs = stateBarMs(config.timeframe, CROWD_BAR_MS)
  if (stateMs === undefined) return refused(wrongTimeframe(config, CROWD_BAR_MS))
  return build(
    options,
    instruments,
    crowd,
    crowd,
    CROWD_START,
    epochMs(Number.POSITIVE_INFINITY),
    { feedBarMs: CROWD_BAR_MS, stateMs, ticks: true },
    (engine) => {
      for (const bar of crowd.preroll()) warmBar(engine, bar)
    },
  )
}

const CROWD_SYMBOLS: readonly string[] = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT']

function onTape(options: PaperOptions, columns: readonly BarColumns[]): PaperResult {
  const { config } = options
  const barMs = columns[0]!.barMs
  const stateMs = stateBarMs(config.timeframe, barMs)
  if (stateMs === undefined) return refused(wrongTimeframe(config, barMs))
  const instruments = columns.map((c, index) => listInstrument(c.symbol, index, c.open[0]!))
  const tape = createBarTape(
    columns.map((c, i) => ({ instrument: instruments[i]!, columns: c })),
    { wideBarAtr: config.simulation.wideBarAtr },
  )
  const start = tapeStart(config, columns)
  const end = epochMs(Math.max(...columns.map((c) => c.openTime[c.length - 1]! + barMs)))
  return build(options, instruments, tape, null, start, end, { feedBarMs: barMs, stateMs, ticks: false }, (engine) =>
    warmUpFromTape(engine, tape, start),
  )
}

const refused = (message: string): PaperResult => ({ kind: 'refused', message })

/** Of bars that do not add up to the configured ones. */
export const wrongTimeframe = (config: Config, barMs: number): string =>
  `timeframe: ${config.timeframe} cannot be built from bars of ${barMs / MINUTE_MS} min; use auto or a multiple of them`

function build(
  options: PaperOptions,
  instruments: readonly Instrument[],
  tape: Tape,
  crowd: CrowdTape | null,
  start: EpochMs,
  /** Where the market is over. */
  end: EpochMs,
  bars: { readonly feedBarMs: number; readonly stateMs: number; readonly ticks: boolean },
  warmUp: (engine: Engine) => void,
): PaperResult {
  const { config, speed } = options
  const strategies = createStrategies(config)
  const needsHeatmap = strategies.some((s) => s.usesHeatmap)
  const engine = createEngine({
    config,
    instruments,
    strategies,
    startingBalance: money(config.dryRunWallet),
    start,
    epoch: 1,
    stateBarMs: bars.stateMs,
    feedBarMs: bars.feedBarMs,
    ticks: bars.ticks,
    parts: (instrument) => symbolParts(config, instrument, bars.feedBarMs, needsHeatmap, null),
  })
  warmUp(engine)
  const exchange = createExchange({ tape, parameters: exchangeParameters(config) })
  const clock = speed === Number.POSITIVE_INFINITY ? createVirtualClock(start) : createPacedClock(start, speed)
  const { source, file } = config.heatmap
  // The paced clock looks around often enough: nobody needs to wake it.
  let heatmap = pollConfigured({ config, states: engine.states, now: clock.now, onNews: () => undefined })
  if (source === 'recording' && file !== null) {
    const replayed = replayHeatmap({ config, file, states: engine.states, from: start, to: end })
    if (replayed.kind === 'refused') return refused(replayed.message)
    heatmap = replayed.heatmap
  }
  const session: PaperSession = {
    engine,
    exchange,
    venue: createInProcessVenue(exchange),
    clock,
    journal: createMemoryJournal(),
    instruments,
    start,
    market: crowd ? 'crowd' : 'tape',
    crowd,
    sources: heatmap ? [heatmap.source] : [],
    close: async () => await heatmap?.close(),
  }
  return { kind: 'ok', session }
}

/** Reads a tape up to `start` and feeds what it says; nothing is decided before that. */
function warmUpFromTape(engine: Engine, tape: Tape, start: EpochMs): void {
  for (let time = tape.peek(); time !== undefined && time < start; time = tape.peek()) {
    const item = tape.next()
    if (item.kind === 'bar') engine.warmUp(item)
    else if (item.kind === 'move') {
      const { instrument, last, mark, bid, ask } = item
      const price: PriceEvent = {
        kind: 'price',
        time: item.time,
        venueTime: item.time,
        instrument,
        last,
        mark,
        bid,
        ask,
      }
      engine.warmUp(price)
    }
  }
}
