import type { Effect } from '../domain/effect.ts'
import type { EngineEvent, MarketEvent } from '../domain/event.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import type { Account } from './account.ts'
import { NO_EFFECTS, type EngineCore, type EngineCounters } from './core.ts'
import { createCore, type EngineOptions } from './create-core.ts'
import type { Foreign } from './foreign.ts'
import { handle } from './handle.ts'
import { updateQuietBand, type QuietBand } from './quiet-band.ts'
import type { EventProcessor } from './run.ts'
import { createSaver } from './saver.ts'
import { isSettled } from './settled.ts'
import type { SymbolState } from './symbol-state.ts'
import type { LiveView } from './view.ts'

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
  /** What the last look at the account has shown that is not the bot's. */
  readonly foreign: () => Foreign
  /** Time of the last comparison with the venue that left nothing open; 0: none yet. */
  readonly reconciledAt: () => number
  /** By instrument index, kept current on feeds of bars: a feed may leave out the prices strictly between them. */
  readonly bands: readonly QuietBand[]
}

export function createEngine(options: EngineOptions): Engine {
  const core = createCore(options)
  const { states, views } = core
  const saver = options.lasting ? createSaver(core, options.lasting.saved) : null
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
    foreign: () => core.venue.foreign,
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

/** The symbol that an event is about; the kinds without one are told apart, because a look for a field costs more. */
function ownOf({ states }: EngineCore, event: EngineEvent): SymbolState | undefined {
  switch (event.kind) {
    case 'timer':
    case 'command':
    case 'account_snapshot':
    case 'snapshot_failed':
    case 'connection':
    case 'venue_alarm':
      return undefined
    default:
      return states[event.instrument.index]
  }
}

/** A fill or a funding payment moves equity, and with it every band of an open position; the bands of others stay. */
function updateBands(core: EngineCore, event: EngineEvent): void {
  const { states, account } = core
  if (event.kind === 'bar' || event.kind === 'price') return updateQuietBand(core, states[event.instrument.index]!)
  const own = ownOf(core, event)
  for (const state of states) {
    const isTouched = own === undefined || state === own || account.books.signedQuantity(state.instrument) !== 0
    if (isTouched) updateQuietBand(core, state)
  }
}
