import type { Config } from '../config/schema.ts'
import type { BarColumns } from '../domain/bar-columns.ts'
import type { LevelSnapshot } from '../domain/cluster.ts'
import type { Effect } from '../domain/effect.ts'
import type { BarEvent, PriceEvent } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import { MINUTE_MS } from '../domain/time.ts'
import { epochMs, money, type EpochMs } from '../domain/unit.ts'
import { createEngine, type Engine } from '../engine/engine.ts'
import type { SymbolState } from '../engine/symbol-state.ts'
import type { LiveView } from '../engine/view.ts'
import { createBarTape } from '../exchange/tape/bar-tape.ts'
import { createStrategies } from '../strategy/registry.ts'
import { symbolParts } from './symbol-parts.ts'
import { stateBarMs } from './timeframe.ts'

/** One symbol at one moment, seen through the same engine that trades, and what it decided there. */
export interface Look {
  readonly symbol: string
  readonly source: Config['heatmap']['source']
  readonly config: Config
  readonly state: SymbolState
  readonly view: LiveView
  /** What the engine made of it: decisions as notes. */
  readonly effects: readonly Effect[]
  readonly time: EpochMs
  /** Close of the last candle; `null` where there are none. */
  readonly candlesTo: EpochMs | null
  /** What a reader of its signals must know: `confirmation_skipped`, `candles_old`. */
  readonly flags: readonly string[]
}

export interface Candles {
  readonly columns: BarColumns
  /** Length of the bars that strategies look back on. */
  readonly stateMs: number
}

/** A map from outside at one moment. */
export interface OutsideMap {
  readonly source: 'api' | 'recording'
  readonly instrument: Instrument
  /** In order of arrival; the last one is judged, the earlier ones are history. Never empty. */
  readonly snapshots: readonly LevelSnapshot[]
  readonly price: number
  /** For indicators alone; `null`: technical confirmation is skipped. */
  readonly candles: Candles | null
}

/** Bars after which candles no longer describe the moment of the map. */
const CURRENT_BARS = 2

/** The bars of a file as the engine may use them; `undefined` when they cannot make the configured timeframe. */
export function candlesOf(config: Config, columns: BarColumns): Candles | undefined {
  const stateMs = stateBarMs(config.timeframe, columns.barMs)
  return stateMs === undefined ? undefined : { columns, stateMs }
}

function engineOf(
  config: Config,
  instrument: Instrument,
  start: EpochMs,
  barMs: number,
  stateMs: number,
  ticks: boolean,
): Engine {
  return createEngine({
    config,
    instruments: [instrument],
    strategies: createStrategies(config),
    startingBalance: money(config.dryRunWallet),
    start,
    epoch: 1,
    stateBarMs: stateMs,
    feedBarMs: barMs,
    ticks,
    parts: () => symbolParts(config, instrument, barMs, true, null),
  })
}

const priceEvent = (instrument: Instrument, price: number, time: EpochMs): PriceEvent => ({
  kind: 'price',
  time,
  venueTime: time,
  instrument,
  last: price,
  mark: price,
  bid: Number.NaN,
  ask: Number.NaN,
})

/** Feeds candles without deciding anything; `last`, where given, gets the last bar instead of the engine. */
function feed(
  engine: Engine,
  instrument: Instrument,
  candles: Candles,
  wideBarAtr: number,
  last?: (bar: BarEvent) => void,
): void {
  const { columns, stateMs } = candles
  const tape = createBarTape([{ instrument, columns }], { wideBarAtr })
  // The last bar that ends a state bar: only there is anything decided.
  let end = columns.openTime[columns.length - 1]! + columns.barMs
  if (last) end = Math.floor(end / stateMs) * stateMs
  for (let time = tape.peek(); time !== undefined && time <= end; time = tape.peek()) {
    const item = tape.next()
    if (item.kind === 'bar') {
      if (last && item.closeTime === end) return last(item)
      engine.warmUp(item)
    } else if (item.kind === 'move') engine.warmUp(priceEvent(instrument, item.last, item.time))
  }
}

/** The configuration without the technical confirmation, and the flag that says so where there was one. */
function withoutConfirmation(config: Config): { readonly config: Config; readonly flags: readonly string[] } {
  const { trend, rsi, atr } = config.confirmation
  if (!trend.enabled && !rsi.enabled && !atr.enabled) return { config, flags: [] }
  const confirmation = {
    trend: { ...trend, enabled: false },
    rsi: { ...rsi, enabled: false },
    atr: { ...atr, enabled: false },
  }
  return { config: { ...config, confirmation }, flags: ['confirmation_skipped'] }
}

/** Looks at the last of these maps, at its own time. */
export function lookAtMap(configured: Config, map: OutsideMap): Look {
  const { instrument, candles, source, snapshots, price } = map
  const last = snapshots.at(-1)
  if (!last) throw new RangeError('look: no map')
  const judged = candles ? { config: configured, flags: [] } : withoutConfirmation(configured)
  const config: Config = { ...judged.config, heatmap: { ...judged.config.heatmap, source } }
  const flags = [...judged.flags]
  const barMs = candles?.columns.barMs ?? MINUTE_MS
  const stateMs = candles?.stateMs ?? stateBarMs(config.timeframe, MINUTE_MS) ?? MINUTE_MS
  const time = last.receivedAt
  const engine = engineOf(config, instrument, epochMs(0), barMs, stateMs, true)
  let candlesTo: EpochMs | null = null
  if (candles) {
    feed(engine, instrument, candles, config.simulation.wideBarAtr)
    candlesTo = epochMs(candles.columns.openTime[candles.columns.length - 1]! + barMs)
    if (Math.abs(time - candlesTo) > CURRENT_BARS * stateMs) flags.push('candles_old')
  }
  for (const snapshot of snapshots.slice(0, -1)) {
    const own = snapshot.referencePrice ?? price
    engine.warmUp(priceEvent(instrument, own, snapshot.receivedAt))
    // Past the engine: what it would have decided then must not stand in the way of what it decides now.
    const state = engine.states[0]!
    if (state.health.onSnapshot(snapshot, own, snapshot.receivedAt).accepted)
      state.tracker.onSnapshot(snapshot, own, state.atr.value())
  }
  engine.process(priceEvent(instrument, price, time))
  const effects = engine.process({ kind: 'heatmap', time, instrument, snapshot: last })
  return finish(configured, engine, instrument, { source, effects, time, candlesTo, flags })
}

/** Runs the estimator over candles and looks at their end. `price`: instead of the last close. */
export function lookAtCandles(
  configured: Config,
  instrument: Instrument,
  candles: Candles,
  price: number | null,
): Look {
  const config: Config = { ...configured, heatmap: { ...configured.heatmap, source: 'estimator' } }
  const { barMs, openTime, close, length } = candles.columns
  const engine = engineOf(config, instrument, epochMs(openTime[0]!), barMs, candles.stateMs, false)
  let effects: readonly Effect[] = []
  let time = epochMs(openTime[length - 1]! + barMs)
  feed(engine, instrument, candles, config.simulation.wideBarAtr, (bar) => {
    time = bar.time
    if (price !== null) engine.warmUp(priceEvent(instrument, price, time))
    effects = engine.process(bar)
  })
  // Candles shorter than one state bar: nothing was decided, but there is a price to show.
  if (engine.views[0]!.priceTime === Number.NEGATIVE_INFINITY)
    engine.warmUp(priceEvent(instrument, price ?? close[length - 1]!, time))
  return finish(configured, engine, instrument, { source: 'estimator', effects, time, candlesTo: time, flags: [] })
}

function finish(
  config: Config,
  engine: Engine,
  instrument: Instrument,
  rest: Pick<Look, 'source' | 'effects' | 'time' | 'candlesTo' | 'flags'>,
): Look {
  const view = engine.views[0]!
  view.time = rest.time
  return { symbol: instrument.symbol, config, state: engine.states[0]!, view, ...rest }
}
