import type { Config } from '../config/schema.ts'
import type { Command, EngineEvent, MarketEvent } from '../domain/event.ts'
import type { Effect } from '../domain/effect.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { ExitReason } from '../domain/trade.ts'
import type { EpochMs, Money } from '../domain/unit.ts'
import { exitAtMarket } from '../execution/exit.ts'
import { createOrderTracker } from '../execution/order-tracker.ts'
import { createGate } from '../risk/gate.ts'
import { createSizer } from '../risk/sizing.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { createAccount, type Account } from './account.ts'
import { alert, flush, NO_EFFECTS, type EngineCore, type EngineCounters } from './core.ts'
import { createDecisionLog } from './decision-log.ts'
import { createEntryHistory } from './entry-memory.ts'
import { handleBar, handleHeatmap, handleOpenInterest, handlePrice } from './on-market.ts'
import { handleForced, handleFunding, handleOrderEvent } from './on-order.ts'
import { handleTimer } from './on-timer.ts'
import { updateQuietBand, type QuietBand } from './quiet-band.ts'
import type { EventProcessor } from './run.ts'
import { createSymbolState, type SymbolParts, type SymbolState } from './symbol-state.ts'
import { createView, type LiveView } from './view.ts'

export interface EngineOptions {
  readonly config: Config
  readonly instruments: readonly Instrument[]
  readonly strategies: readonly Strategy[]
  readonly startingBalance: Money
  readonly start: EpochMs
  /** Rises with every process that trades the account; part of every order id. */
  readonly epoch: number
  /** Length of the bars that signals and closed-bar rules look at. */
  readonly stateBarMs: number
  /** Length of the bars that the feed delivers. */
  readonly feedBarMs: number
  /** Prices come as they happen; otherwise only as the points of each bar's path. */
  readonly ticks: boolean
  /** Heatmap parts of one symbol: estimator, placebo transform, tracker, feed health. */
  readonly parts: (instrument: Instrument) => SymbolParts
  readonly noteTransitions?: boolean
}

/** The bot's mind: event in, effects out; no clock, no I/O, no chance. */
export interface Engine extends EventProcessor {
  /** The effects are valid until the next call. */
  process(event: EngineEvent): readonly Effect[]
  /** Feeds history to indicators, estimator and tracker; nothing is decided. */
  warmUp(event: MarketEvent): void
  /** For displays and reports; read only, current. */
  readonly account: Account
  readonly states: readonly SymbolState[]
  readonly views: readonly LiveView[]
  readonly counters: EngineCounters
  /** By instrument index, kept current on feeds of bars: a feed may leave out the prices strictly between them. */
  readonly bands: readonly QuietBand[]
}

/** Bars without a price after which what was tracked is stale. */
const LATE_BARS = 2
const SECOND_MS = 1_000

export function createEngine(options: EngineOptions): Engine {
  const { config, instruments, strategies, stateBarMs, feedBarMs } = options
  const states = instruments.map((instrument) =>
    createSymbolState(instrument, config, stateBarMs, options.parts(instrument)),
  )
  const views = states.map((state) => createView(state, config, stateBarMs))
  const core: EngineCore = {
    config,
    strategies,
    account: createAccount(config, instruments, options.startingBalance, options.start),
    gate: createGate(config, instruments),
    size: createSizer(config),
    orders: createOrderTracker(),
    decisions: createDecisionLog(),
    states,
    views,
    histories: states.map((state) => createEntryHistory(state, feedBarMs)),
    candidates: [],
    stateBarMs,
    epoch: options.epoch,
    priceGapMs: options.ticks ? config.heatmap.priceStaleAfterSecs * SECOND_MS : LATE_BARS * feedBarMs,
    ticks: options.ticks,
    noteTransitions: options.noteTransitions ?? false,
    warming: false,
    now: options.start,
    intents: 0,
    effects: [],
    forced: [],
    instructions: [],
    counters: { orders: 0, fills: 0, forced: 0, refusedDecisions: 0, refusals: new Map() },
  }

  const bands = states.map((state) => state.band)

  function take(): readonly Effect[] {
    if (core.effects.length === 0) return NO_EFFECTS
    const effects = core.effects
    core.effects = []
    return effects
  }

  return {
    account: core.account,
    states,
    views,
    counters: core.counters,
    bands,
    process(event) {
      core.now = event.time
      handle(core, event)
      if (!options.ticks) updateBands(core, event)
      return take()
    },
    warmUp(event) {
      core.warming = true
      core.now = event.time
      handle(core, event)
      core.effects.length = 0
      core.warming = false
    },
  }
}

function handle(core: EngineCore, event: EngineEvent): void {
  switch (event.kind) {
    case 'price':
      return handlePrice(core, event)
    case 'bar':
      return handleBar(core, event)
    case 'open_interest':
      return handleOpenInterest(core, event)
    case 'heatmap':
      return handleHeatmap(core, event)
    case 'order_accepted':
    case 'order_rejected':
    case 'order_triggered':
    case 'order_filled':
    case 'order_canceled':
    case 'order_expired':
    case 'order_unknown':
      return handleOrderEvent(core, event)
    case 'funding_paid':
      return handleFunding(core, event)
    case 'position_forced':
      return handleForced(core, event)
    case 'order_absent':
    case 'account_snapshot':
    case 'snapshot_failed':
    case 'connection':
    case 'venue_alarm':
      return
    case 'timer':
      return handleTimer(core, event.id)
    case 'command':
      return handleCommand(core, event.command)
  }
}

/** A fill or a funding payment moves equity, and with it every band of an open position. */
function updateBands(core: EngineCore, event: EngineEvent): void {
  if (event.kind === 'bar' || event.kind === 'price') updateQuietBand(core, core.states[event.instrument.index]!)
  else for (const state of core.states) updateQuietBand(core, state)
}

function exitTrades(core: EngineCore, which: string | 'all', reason: ExitReason): void {
  for (const { trade } of core.states) {
    if (trade && (which === 'all' || trade.id === which)) exitAtMarket(trade, reason, core.instructions)
  }
  flush(core)
}

function handleCommand(core: EngineCore, command: Command): void {
  const { latches } = core.account
  switch (command.name) {
    case 'stop_entry':
      latches.trip({ code: 'ENTRIES_STOPPED', symbol: null, since: core.now, reason: command.reason, until: null })
      return
    case 'resume_entry':
      latches.clear('ENTRIES_STOPPED', null, { by: command.by, reason: command.reason, time: core.now })
      return
    case 'force_exit':
      return exitTrades(core, command.tradeId, 'forced')
    case 'finish':
      latches.trip({ code: 'ENTRIES_STOPPED', symbol: null, since: core.now, reason: 'the run ends', until: null })
      return exitTrades(core, 'all', 'end_of_data')
    case 'shutdown':
    case 'clear_latch':
      return
    case 'kill':
      latches.trip({ code: 'KILL', symbol: null, since: core.now, reason: command.reason, until: null })
      alert(core, 'critical', 'KILL', `kill switch: ${command.reason}; entries are withdrawn, stops and targets stay`)
      for (const { trade } of core.states) {
        if (trade && !trade.entryDone)
          core.instructions.push({ kind: 'cancel', id: trade.entryId, instrument: trade.instrument })
      }
      flush(core)
  }
}
