import type { Instrument } from '../../domain/instrument.ts'
import { DAY_MS, fundingAtOrBefore, MINUTE_MS } from '../../domain/time.ts'
import { epochMs, type EpochMs } from '../../domain/unit.ts'
import { createCrowdTape, type CrowdTape } from './crowd-tape.ts'
import { assertBarMs, createFeed, type Feed } from './feed.ts'
import type { OnForced } from './forced-orders.ts'
import { createHistoryRecorder, type CrowdHistory } from './history.ts'
import { createMarket, type Market } from './market.ts'
import { createPace, TICK_MS, type Pace } from './pace.ts'
import {
  defaultCrowdParameters,
  defaultSymbolParameters,
  type CrowdParameters,
  type SymbolParameters,
} from './parameters.ts'

export interface CrowdOptions {
  readonly seed: number
  readonly instruments: readonly Instrument[]
  /** Market time 0; the first move comes then, or at the next whole 2 s. */
  readonly start: EpochMs
  /** Absent: endless. */
  readonly durationMs?: number
  /** [5 min] */
  readonly barMs?: number
  /** Length of the history before `start`. [60 days] */
  readonly prerollMs?: number
  /** Step in the history, a divisor of one minute in whole 2 s. Larger is quicker and shaves bars' extremes. [6 s] */
  readonly prerollStepMs?: number
  readonly parameters?: Partial<CrowdParameters>
  /** By symbol; needed for others than BTCUSDT, ETHUSDT and SOLUSDT. */
  readonly symbolParameters?: Readonly<Record<string, SymbolParameters>>
}

/** The inside of a crowd. For its ground truth (truth.ts); nothing that trades may hold it. */
export interface OpenCrowd {
  readonly tape: CrowdTape
  readonly markets: readonly Market[]
}

/** Unpublished days before the history, in which the crowd settles. */
const BURN_IN_MS = 10 * DAY_MS
const BURN_IN_STEP_MS = MINUTE_MS

/** A simulated market of leveraged traders, a function of the options alone; throws on a symbol without parameters. */
export const createCrowd = (options: CrowdOptions): CrowdTape => openCrowd(options).tape

/** @param onForced told of every forced order from the first step on */
export function openCrowd(options: CrowdOptions, onForced?: (market: Market) => OnForced): OpenCrowd {
  const {
    seed,
    instruments,
    start,
    durationMs = Infinity,
    barMs = 5 * MINUTE_MS,
    prerollMs = 60 * DAY_MS,
    prerollStepMs = 3 * TICK_MS,
  } = options
  assertBarMs(barMs)
  const p = { ...defaultCrowdParameters, ...options.parameters }
  const historyStart = Math.floor((start - prerollMs) / barMs) * barMs
  const origin = fundingAtOrBefore(epochMs(historyStart - BURN_IN_MS))
  const tickAt = (time: number): number => Math.ceil((time - origin) / TICK_MS)
  const firstTick = tickAt(start)
  const historyTick = tickAt(historyStart)
  const lastBarTick = Math.floor(firstTick / (barMs / TICK_MS)) * (barMs / TICK_MS)
  const burnIn = createPace(BURN_IN_STEP_MS, p)
  const history = createPace(prerollStepMs, p)
  const live = createPace(TICK_MS, p)

  const markets: Market[] = []
  const feeds: Feed[] = []
  const histories: CrowdHistory[] = []
  for (const instrument of instruments) {
    const own = options.symbolParameters?.[instrument.symbol] ?? defaultSymbolParameters(instrument.symbol)
    if (!own) throw new RangeError(`the crowd knows no ${instrument.symbol}`)
    const market = createMarket(instrument, seed, p, own, origin)
    if (onForced) market.listen(onForced(market))
    const feed = createFeed(market, barMs, origin)
    const recorder = createHistoryRecorder(instrument.symbol, barMs, Math.ceil(prerollMs / barMs) + 1)
    market.populate()
    let tick = run(feed, -burnIn.ticks, historyTick, burnIn, feed.turn)
    const turn = (at: number): void => {
      if (at > historyTick) feed.record(at, recorder)
      feed.turn(at)
    }
    tick = run(feed, tick, lastBarTick, history, turn)
    run(feed, tick, firstTick, live, turn)
    markets.push(market)
    feeds.push(feed)
    histories.push(recorder.finish())
  }
  return {
    tape: createCrowdTape({ instruments, feeds, histories, firstTick, origin, end: start + durationMs, pace: live }),
    markets,
  }
}

/** Steps on from `last` as long as the tick stays below `until`; `before` is told of every tick first. */
function run(feed: Feed, last: number, until: number, pace: Pace, before: (tick: number) => void): number {
  let tick = last
  while (tick + pace.ticks < until) {
    tick += pace.ticks
    before(tick)
    feed.market.step(tick, pace)
  }
  return tick
}
