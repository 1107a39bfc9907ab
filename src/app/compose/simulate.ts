import { createVirtualClock } from '../../adapter/clock/virtual.ts'
import { createMemoryJournal } from '../../adapter/journal/memory.ts'
import { createInProcessVenue } from '../../adapter/venue/in-process.ts'
import { createDrawdownMeter, type EquityPoint } from '../../backtest/drawdown.ts'
import type { LedgerTotals, SimulationResult } from '../../backtest/simulation.ts'
import type { Config } from '../../config/schema.ts'
import type { BarColumns } from '../../domain/bar-columns.ts'
import type { EngineEvent, PriceEvent } from '../../domain/event.ts'
import type { Effect } from '../../domain/effect.ts'
import { DAY_MS } from '../../domain/time.ts'
import type { Trade } from '../../domain/trade.ts'
import { epochMs, money, type EpochMs } from '../../domain/unit.ts'
import { createEngine, type Engine } from '../../engine/engine.ts'
import { run } from '../../engine/run.ts'
import type { SnapshotTransform } from '../../engine/symbol-state.ts'
import { createExchange, type EmbeddedExchange } from '../../exchange/exchange.ts'
import { listInstrument } from '../../exchange/listing.ts'
import { createBarTape } from '../../exchange/tape/bar-tape.ts'
import type { Tape } from '../../exchange/tape.ts'
import type { Strategy } from '../../strategy/strategy.ts'
import { exchangeParameters } from '../exchange-parameters.ts'
import { stateBarMs } from '../timeframe.ts'
import { symbolParts, type EstimatorFactory } from '../symbol-parts.ts'

export interface SimulationOptions {
  readonly config: Config
  readonly columns: readonly BarColumns[]
  readonly strategies: readonly Strategy[]
  /** Trading begins here; earlier rows warm up. `null`: with the first row. */
  readonly from: EpochMs | null
  /** Trading ends here; later rows are not read. */
  readonly to: EpochMs | null
  /** Makes one placebo transform a symbol. */
  readonly transform?: () => SnapshotTransform
  /** Instead of new estimators, e.g. to take down or play back what they publish. */
  readonly estimators?: EstimatorFactory
  readonly keepFills?: boolean
  readonly observe?: (event: EngineEvent, effects: readonly Effect[]) => void
}

export interface Simulation {
  readonly result: SimulationResult
  readonly engine: Engine
  readonly exchange: EmbeddedExchange
}

/** One run over history on virtual time, in process: the same engine, gate and exchange as every other mode. */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const { config, columns, strategies } = options
  const sliced = options.to === null ? columns : columns.map((c) => before(c, options.to!))
  const barMs = sliced[0]?.barMs
  if (barMs === undefined) throw new RangeError('simulation: no data')
  const stateMs = stateBarMs(config.timeframe, barMs)
  if (stateMs === undefined)
    throw new RangeError(`simulation: timeframe ${config.timeframe} does not fit bars of ${barMs} ms`)
  const instruments = sliced.map((c, index) => listInstrument(c.symbol, index, c.open[0]!))
  const tape = createBarTape(
    sliced.map((c, i) => ({ instrument: instruments[i]!, columns: c })),
    { wideBarAtr: config.simulation.wideBarAtr },
  )
  const start = options.from ?? tape.peek() ?? epochMs(0)
  const needsHeatmap = strategies.some((s) => s.usesHeatmap)
  const engine = createEngine({
    config,
    instruments,
    strategies,
    startingBalance: money(config.dryRunWallet),
    start,
    epoch: 1,
    stateBarMs: stateMs,
    feedBarMs: barMs,
    ticks: false,
    parts: (instrument) =>
      symbolParts(config, instrument, barMs, needsHeatmap, options.transform?.() ?? null, options.estimators),
  })
  warmUp(engine, tape, start)
  const exchange = createExchange({
    tape,
    parameters: exchangeParameters(config),
    keepFills: options.keepFills ?? false,
    // Nothing is ever in doubt here, so that nobody asks.
    endedKept: 1,
    quiet: engine.bands,
  })
  const journal = createMemoryJournal()
  const collected = createCollector(engine, start, options.observe)
  await run(
    engine,
    {
      clock: createVirtualClock(start),
      venue: createInProcessVenue(exchange),
      sources: [],
      journal,
      notifier: { alert: () => undefined },
      observe: collected.observe,
    },
    {
      until: null,
      interrupt: new AbortController().signal,
      lastCommand: (time) => ({ kind: 'command', time, command: { name: 'finish' } }),
    },
  )
  return { result: collected.finish(exchange, config, sliced), engine, exchange }
}

function warmUp(engine: Engine, tape: Tape, start: EpochMs): void {
  for (let time = tape.peek(); time !== undefined && time < start; time = tape.peek()) {
    const item = tape.next()
    if (item.kind === 'bar') engine.warmUp(item)
    else if (item.kind === 'move') {
      const price: PriceEvent = {
        kind: 'price',
        time: item.time,
        venueTime: item.time,
        instrument: item.instrument,
        last: item.last,
        mark: item.mark,
        bid: item.bid,
        ask: item.ask,
      }
      engine.warmUp(price)
    }
  }
}

/** The rows that open before `to`. */
function before(c: BarColumns, to: EpochMs): BarColumns {
  let length = c.length
  while (length > 0 && c.openTime[length - 1]! >= to) length--
  const cut = (column: Float64Array): Float64Array => column.subarray(0, length)
  return {
    symbol: c.symbol,
    barMs: c.barMs,
    length,
    openTime: cut(c.openTime),
    open: cut(c.open),
    high: cut(c.high),
    low: cut(c.low),
    close: cut(c.close),
    volume: cut(c.volume),
    turnover: cut(c.turnover),
    openInterest: cut(c.openInterest),
    fundingRate: cut(c.fundingRate),
    longShortRatio: cut(c.longShortRatio),
    takerBuyVolume: cut(c.takerBuyVolume),
  }
}

function createCollector(engine: Engine, start: EpochMs, alsoTell: SimulationOptions['observe']) {
  const { books, guard } = engine.account
  const trades: Trade[] = []
  const equity: EquityPoint[] = [{ time: start, equity: books.equity() }]
  const drawdown = createDrawdownMeter()
  drawdown.see(start, books.equity(), guard.highWater)
  // Fields, because a captured variable that holds a double costs an allocation each time it is set.
  const seen = { bars: 0, last: start, nextDay: (Math.floor(start / DAY_MS) + 1) * DAY_MS, wallet: books.wallet }

  function collect(time: EpochMs, effects: readonly Effect[]): void {
    for (let i = 0; i < effects.length; i++) {
      const effect = effects[i]!
      if (effect.kind === 'note' && effect.note.kind === 'trade') trades.push(effect.note.trade)
      // What the loss limits complain of inside a bar is never deeper than the drawdown of the report.
      else if (effect.kind === 'alert') drawdown.see(time, books.equity(), guard.highWater)
    }
  }

  return {
    observe(event: EngineEvent, effects: readonly Effect[]): void {
      if (effects.length > 0) collect(event.time, effects)
      if (event.kind === 'bar') {
        seen.bars++
        seen.last = event.time
        // Without a position equity is the wallet, and most bars find it as the one before left it.
        if (books.exposed || books.wallet !== seen.wallet) {
          seen.wallet = books.wallet
          drawdown.see(event.time, books.equity(), guard.highWater)
        }
        if (event.time >= seen.nextDay) {
          equity.push({ time: event.time, equity: books.equity() })
          seen.nextDay = (Math.floor(event.time / DAY_MS) + 1) * DAY_MS
        }
      }
      alsoTell?.(event, effects)
    },
    finish(exchange: EmbeddedExchange, config: Config, columns: readonly BarColumns[]): SimulationResult {
      const { ledger } = exchange
      equity.push({ time: seen.last, equity: books.equity() })
      drawdown.see(seen.last, books.equity(), guard.highWater)
      const market = new Map<string, { first: number; last: number }>()
      let simulatedMs = 0
      for (const c of columns) {
        const first = firstRow(c, start)
        if (first >= c.length) continue
        market.set(c.symbol, { first: c.open[first]!, last: c.close[c.length - 1]! })
        simulatedMs += c.openTime[c.length - 1]! + c.barMs - c.openTime[first]!
      }
      const kept: LedgerTotals = {
        wallet: ledger.wallet.toString(),
        fees: ledger.tradingFees.plus(ledger.liquidationFees).toString(),
        funding: ledger.funding.toString(),
        realised: ledger.realised.toString(),
      }
      return {
        from: start,
        to: seen.last,
        startingBalance: money(config.dryRunWallet).toString(),
        finalBalance: books.wallet.toString(),
        trades,
        equity,
        drawdown: drawdown.deepest(),
        rejected: engine.counters.refusals,
        refusedDecisions: engine.counters.refusedDecisions,
        // The last one comes from the end of the run itself.
        latches: engine.account.latches.latches
          .filter((latch) => latch.code !== 'ENTRIES_STOPPED')
          .map(({ code, since, reason }) => ({ code, since, reason })),
        orders: engine.counters.orders,
        fills: engine.counters.fills,
        liquidations: engine.counters.forced,
        ambiguousBars: ledger.ambiguousBars,
        bars: seen.bars,
        market,
        timeInMarketMs: trades.reduce((sum, t) => sum + (t.exitTime - t.entryTime), 0),
        simulatedMs,
        conservation: {
          exchange: kept,
          books: {
            wallet: books.wallet.toString(),
            fees: books.fees.toString(),
            funding: books.funding.toString(),
            realised: books.realised.toString(),
          },
        },
      }
    },
  }
}

function firstRow(c: BarColumns, from: EpochMs): number {
  let row = 0
  while (row < c.length && c.openTime[row]! < from) row++
  return row
}
