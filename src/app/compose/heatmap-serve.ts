import type { Config } from '../../config/schema.ts'
import { normaliseSymbol, type Instrument } from '../../domain/instrument.ts'
import { MINUTE_MS } from '../../domain/time.ts'
import { epochMs, money, type EpochMs } from '../../domain/unit.ts'
import { createEngine, type Engine } from '../../engine/engine.ts'
import type { SymbolState } from '../../engine/symbol-state.ts'
import { createCrowd } from '../../exchange/crowd/crowd.ts'
import type { CrowdTape } from '../../exchange/crowd/crowd-tape.ts'
import { listedInstruments, listInstrument } from '../../exchange/listing.ts'
import { serveHeatmap, type HeatmapServer } from '../../server/heatmap.ts'
import { heatmapProvider } from '../heatmap-feed.ts'
import { candlesOf } from '../look.ts'
import { lookFailed, type LookFailure } from '../look-failure.ts'
import { symbolParts } from '../symbol-parts.ts'
import { estimated } from './look.ts'
import { CROWD_START } from './paper.ts'
import { readTape } from './read-tape.ts'

/** Maps to serve, and how they move on. */
export interface ServedMaps {
  readonly kind: 'ok'
  readonly symbols: readonly string[]
  readonly states: readonly SymbolState[]
  /** Time of the market that the maps describe. */
  readonly now: () => EpochMs
  /** Keeps the market moving until it is called off; a file's end does not move. */
  readonly start: () => () => void
}

const CROWD_BAR_MS = 5 * MINUTE_MS
const STEP_MS = 100
/** Longest piece of work between two requests; a speed that this machine cannot keep falls behind. */
const WORK_MS = 40

const unserved = (symbol: string, served: readonly string[]): LookFailure =>
  lookFailed('not_found', `There is no ${symbol} here`, `There is ${served.join(', ')}`)

/** Maps of the estimator at the end of candle files. */
export function mapsOfFiles(
  config: Config,
  files: readonly string[],
  asked: readonly string[],
): ServedMaps | LookFailure {
  const read = readTape(files)
  if (read.kind === 'invalid') return lookFailed('error', 'The candles cannot be used', null, read.problems)
  const held = read.columns.map((c) => c.symbol)
  const wanted = asked.length === 0 ? held : asked.map((symbol) => normaliseSymbol(symbol) ?? symbol)
  const states: SymbolState[] = []
  let latest = epochMs(0)
  for (const symbol of wanted) {
    const columns = read.columns.find((c) => c.symbol === symbol)
    if (!columns) return unserved(symbol, held)
    const candles = candlesOf(config, columns)
    if (!candles)
      return lookFailed(
        'configuration',
        `timeframe: ${config.timeframe} cannot be built from these candles`,
        'Use auto',
      )
    const found = estimated(config, symbol, candles, null)
    if (found.kind === 'failed') return found
    states.push(found.look.state)
    latest = epochMs(Math.max(latest, found.look.time))
  }
  return { kind: 'ok', symbols: wanted, states, now: () => latest, start: () => () => undefined }
}

/** Maps of the estimator over the simulated crowd, which runs on at `speed` once started. */
export function mapsOfCrowd(
  config: Config,
  seed: number,
  speed: number,
  asked: readonly string[],
): ServedMaps | LookFailure {
  const listed = listedInstruments().map((i) => i.symbol)
  const instruments: Instrument[] = []
  for (const text of asked.length === 0 ? config.exchange.pairs : asked) {
    const symbol = normaliseSymbol(text) ?? text
    if (!listed.includes(symbol)) return unserved(symbol, listed)
    if (!instruments.some((i) => i.symbol === symbol))
      instruments.push(listInstrument(symbol, instruments.length, Number.NaN))
  }
  const crowd = createCrowd({ seed, instruments, start: CROWD_START, barMs: CROWD_BAR_MS })
  const own: Config = { ...config, heatmap: { ...config.heatmap, source: 'estimator' } }
  const engine = createEngine({
    config: own,
    instruments,
    // It only watches: nothing is decided, so nobody is asked.
    strategies: [],
    startingBalance: money(config.dryRunWallet),
    start: CROWD_START,
    epoch: 1,
    stateBarMs: CROWD_BAR_MS,
    feedBarMs: CROWD_BAR_MS,
    ticks: true,
    parts: (instrument) => symbolParts(own, instrument, CROWD_BAR_MS, true, null),
  })
  for (const bar of crowd.preroll()) {
    const price = {
      kind: 'price',
      time: bar.closeTime,
      venueTime: bar.closeTime,
      instrument: bar.instrument,
      last: bar.close,
      mark: bar.close,
      bid: Number.NaN,
      ask: Number.NaN,
    } as const
    engine.warmUp(price)
    engine.warmUp(bar)
  }
  let market = CROWD_START
  advance(engine, crowd, market)
  return {
    kind: 'ok',
    symbols: instruments.map((i) => i.symbol),
    states: engine.states,
    now: () => market,
    start() {
      let before = performance.now()
      let due = market as number
      const timer = setInterval(() => {
        const now = performance.now()
        due += (now - before) * speed
        before = now
        const reached = advance(engine, crowd, due, now + WORK_MS)
        if (reached < due) due = reached
        market = epochMs(Math.floor(reached))
      }, STEP_MS)
      return () => clearInterval(timer)
    },
  }
}

/** Lets the engine watch the tape up to `until`, or for as long as there is time to work; says how far it came. */
function advance(engine: Engine, crowd: CrowdTape, until: number, deadline = Number.POSITIVE_INFINITY): number {
  for (let time = crowd.peek(); time !== undefined && time <= until; time = crowd.peek()) {
    if (performance.now() > deadline) return time
    const item = crowd.next()
    if (item.kind === 'bar' || item.kind === 'open_interest') engine.warmUp(item)
    else if (item.kind === 'move') {
      const { instrument, last, mark, bid, ask } = item
      engine.warmUp({ kind: 'price', time: item.time, venueTime: item.time, instrument, last, mark, bid, ask })
    }
  }
  return until
}

/** Serves maps on this machine; fails with a sentence when the port is taken. */
export async function serveMaps(
  config: Config,
  maps: ServedMaps,
  port: number,
): Promise<{ readonly kind: 'ok'; readonly server: HeatmapServer } | LookFailure> {
  const served = await serveHeatmap({
    provider: heatmapProvider(maps.states),
    typicalNotionalUsd: config.estimator.typicalNotionalUsd,
    now: maps.now,
    port,
  })
  if (served.kind === 'ok') return served
  const hint = served.code === 'PORT_TAKEN' ? 'Give another one with --port, or 0 for any that is free' : null
  return lookFailed('error', `The heatmap cannot be served: ${served.message}`, hint)
}
