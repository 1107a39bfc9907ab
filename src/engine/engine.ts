import type { Config } from '../config/schema.ts'
import type { EngineEvent, MarketEvent } from '../domain/event.ts'
import type { Effect } from '../domain/effect.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { EpochMs, Money } from '../domain/unit.ts'
import { createOrderTracker, type TrackedOrder } from '../execution/order-tracker.ts'
import { createGate } from '../risk/gate.ts'
import { createSizer } from '../risk/sizing.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { createAccount, type Account } from './account.ts'
import { alert, NO_EFFECTS, type EngineCore, type EngineCounters, type LastingOptions } from './core.ts'
import { createDecisionLog } from './decision-log.ts'
import { createEntryHistory } from './entry-memory.ts'
import { onAbsent } from './fate.ts'
import { handleHeatmapFailed } from './heatmap-trouble.ts'
import { onContract } from './on-contract.ts'
import { handleCommand } from './on-command.ts'
import { handleBar, handleHeatmap, handleOpenInterest, handlePrice } from './on-market.ts'
import { handleForced, handleFunding, handleOrderEvent, handleSeen } from './on-order.ts'
import { onConnection, onSnapshot, onSnapshotFailed } from './on-snapshot.ts'
import { handleTimer } from './on-timer.ts'
import { updateQuietBand, type QuietBand } from './quiet-band.ts'
import type { EventProcessor } from './run.ts'
import { readPast, restore } from './saved.ts'
import { createSaver } from './saver.ts'
import { isSettled } from './settled.ts'
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
  /** For a process that can die and a venue that can be silent; absent: neither happens, and nothing is spent on it. */
  readonly lasting?: LastingOptions & {
    /** What `save` effects of earlier processes have left. */
    readonly saved: ReadonlyMap<string, string>
  }
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
  /** Nothing is on its way, and every position has its stop at the venue. */
  settled(): boolean
  /** What is known of every order that is open or whose fate is not known. */
  readonly orders: ReadonlyMap<ClientOrderId, TrackedOrder>
  /** Time of the last comparison with the venue that left nothing open; 0: none yet. */
  readonly reconciledAt: () => number
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
  const { lasting } = options
  const past = lasting ? readPast(lasting.saved, instruments) : null
  const core: EngineCore = {
    config,
    strategies,
    account: createAccount(config, instruments, past?.wallet ?? options.startingBalance, options.start, past),
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
    lasting: lasting !== undefined,
    options: lasting ?? { requestLifeMs: 0, venueLagMs: 0, reconcileEveryMs: 0, checkEveryMs: 0 },
    venue: { up: false, upAt: 0, asked: false, reconciledAt: 0, suspected: new Map(), told: new Set() },
    fundings: [],
    booksFrom: past?.booksFrom ?? options.start,
    guarding: new Map(),
    watched: new Map(),
    cutShort: new Set(),
    warming: false,
    now: options.start,
    // An epoch that is used again goes on counting: no id is ever used twice.
    intents: past?.epoch === options.epoch ? past.intents : 0,
    effects: [],
    forced: [],
    instructions: [],
    counters: { orders: 0, fills: 0, forced: 0, refusedDecisions: 0, refusals: new Map() },
  }

  if (lasting) {
    restore(core, lasting.saved)
    core.account.venue = 'reconciling'
  }
  const saver = lasting ? createSaver(core) : null
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
    orders: core.orders.open,
    reconciledAt: () => core.venue.reconciledAt,
    settled: () => isSettled(core),
    process(event) {
      core.now = event.time
      handle(core, event)
      if (!options.ticks) updateBands(core, event)
      saver?.(event)
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
    case 'heatmap_failed':
      return handleHeatmapFailed(core, event)
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
    case 'order_absent': {
      const proof = onAbsent(core, event)
      return proof ? handleOrderEvent(core, proof) : undefined
    }
    case 'order_seen':
      return handleSeen(core, event)
    case 'account_snapshot':
      return onSnapshot(core, event)
    case 'snapshot_failed':
      return onSnapshotFailed(core)
    case 'connection':
      return event.channel === 'account' ? onConnection(core, event.state, event.message) : undefined
    case 'contract_changed':
      return onContract(core, event)
    case 'venue_alarm':
      alert(core, 'critical', event.code, `${event.message}; no entries until somebody has looked`)
      core.account.latches.trip({
        code: 'VENUE_ALARM',
        symbol: null,
        since: core.now,
        reason: event.message,
        until: null,
      })
      return
    case 'timer':
      return handleTimer(core, event.id)
    case 'command':
      return handleCommand(core, event.command)
  }
}

/** A fill or a funding payment moves equity, and with it every band of an open position; the bands of others stay. */
function updateBands(core: EngineCore, event: EngineEvent): void {
  const { states, account } = core
  if (event.kind === 'bar' || event.kind === 'price') return updateQuietBand(core, states[event.instrument.index]!)
  const own = 'instrument' in event ? states[event.instrument.index] : undefined
  for (const state of states) {
    const isTouched = own === undefined || state === own || account.books.signedQuantity(state.instrument) !== 0
    if (isTouched) updateQuietBand(core, state)
  }
}
