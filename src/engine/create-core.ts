import type { Config } from '../config/schema.ts'
import type { Instrument } from '../domain/instrument.ts'
import { SECOND_MS } from '../domain/time.ts'
import type { EpochMs, Money } from '../domain/unit.ts'
import { createOrderTracker, FEW_FINISHED } from '../execution/order-tracker.ts'
import { createGate } from '../risk/gate.ts'
import { createSizer } from '../risk/sizing.ts'
import type { Strategy } from '../strategy/strategy.ts'
import { createAccount } from './account.ts'
import type { EngineCore, LastingOptions } from './core.ts'
import { createDecisionLog } from './decision-log.ts'
import { createEntryHistory } from './entry-memory.ts'
import { readPast, restore } from './saved.ts'
import { createSymbolState, type SymbolParts } from './symbol-state.ts'
import { createView } from './view.ts'

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

/** Bars without a price after which what was tracked is stale. */
const LATE_BARS = 2

/** The engine's state at its start: fresh, or what an earlier process has left. Throws a `SavedStateError`. */
export function createCore(options: EngineOptions): EngineCore {
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
    orders: lasting ? createOrderTracker() : createOrderTracker(FEW_FINISHED),
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
    venue: {
      up: false,
      upAt: 0,
      asked: false,
      reconciledAt: 0,
      suspected: new Map(),
      unsettled: 0,
      walletLooks: 0,
      guessed: false,
      others: new Map(),
      foreign: { orders: [], positions: [], elsewhere: [] },
      told: new Set(),
    },
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
  return core
}
