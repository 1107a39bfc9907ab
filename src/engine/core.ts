import { clear } from '../domain/short-list.ts'
import type { Config } from '../config/schema.ts'
import type { Candidate } from '../domain/candidate.ts'
import type { Effect } from '../domain/effect.ts'
import type { ExecutionReport } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { ClientOrderId, OrderRequest, ProtectiveLeg } from '../domain/order.ts'
import type { RefusalCode } from '../domain/refusal.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'
import { exitAtMarket } from '../execution/exit.ts'
import type { Instruction } from '../execution/instruction.ts'
import type { OrderTracker, TrackedOrder } from '../execution/order-tracker.ts'
import type { Gate } from '../risk/gate.ts'
import type { LatchCode } from '../risk/latch.ts'
import type { Sizer } from '../risk/sizing.ts'
import type { EntryHistory } from '../strategy/entry-gate.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { Account } from './account.ts'
import type { DecisionLog } from './decision-log.ts'
import type { Suspicion } from './doubt.ts'
import type { Foreign } from './foreign.ts'
import type { SymbolState } from './symbol-state.ts'
import type { LiveView } from './view.ts'

/** The engine's whole state, shared by the files of this folder and by nobody else. */
export interface EngineCore {
  readonly config: Config
  readonly strategies: readonly Strategy[]
  readonly account: Account
  readonly gate: Gate
  readonly size: Sizer
  readonly orders: OrderTracker
  readonly decisions: DecisionLog
  /** By instrument index. */
  readonly states: readonly SymbolState[]
  readonly views: readonly LiveView[]
  readonly histories: readonly EntryHistory[]
  /** Scratch for one evaluation. */
  readonly candidates: Candidate[]
  readonly stateBarMs: number
  readonly epoch: number
  /** A longer silence of prices makes what was tracked stale. */
  readonly priceGapMs: number
  /** Prices come as they happen, not only as the points of each bar's path. */
  readonly ticks: boolean
  readonly noteTransitions: boolean
  /** The process can die and its venue be silent: orders are watched, state is saved, the venue is asked. */
  readonly lasting: boolean
  readonly options: LastingOptions
  readonly venue: VenueState
  /** Settlements that have been booked, by symbol and time; the latest. */
  readonly fundings: string[]
  /** Settlements and forced closings up to then are in the wallet that the books began with, or have been booked. */
  booksFrom: EpochMs
  /** Symbols whose stop is being waited for, and until when. */
  readonly guarding: Map<string, number>
  /** Symbols whose orders are looked at regularly, and when next. */
  readonly watched: Map<string, number>
  /** Entries that ended before they were filled, as far as is known; looked at for a while longer. */
  readonly cutShort: Set<TrackedOrder>
  /** History is being fed: nothing is decided. */
  warming: boolean
  /** Market time of the event being processed. */
  now: EpochMs
  /** Trades of this epoch so far. */
  intents: number
  /** Effects of the event at hand, in the order they are to leave. */
  effects: Effect[]
  /** The latest closings by the venue, by symbol and execution, oldest first: one that is told twice is counted once. */
  readonly forced: string[]
  /** Scratch for instructions of the execution layer. */
  readonly instructions: Instruction[]
  readonly counters: EngineCounters
}

/** What an engine needs to know to outlive its process and the venue's silences. */
export interface LastingOptions {
  /** A request older than this is dead, if it never arrived. */
  readonly requestLifeMs: number
  /** How much later the venue may still show what it has done. */
  readonly venueLagMs: number
  /** How often the whole account is compared. */
  readonly reconcileEveryMs: number
  /** How long a stop, or an entry that works, may go unseen before the venue is asked about it. */
  readonly checkEveryMs: number
}

/** How the books stand to the venue. */
export interface VenueState {
  up: boolean
  /** Since when; of a way that is down, since when it was up before. */
  upAt: number
  /** A snapshot is on its way. */
  asked: boolean
  /** Time of the last comparison after which nothing was open; 0: none yet. */
  reconciledAt: number
  /** Differences that the last snapshot showed; only what the next one confirms is acted on. */
  suspected: Map<string, Suspicion>
  /** Looks, since the last that left nothing open, that left something which no order on its way may explain. */
  unsettled: number
  /** Looks in a row at which the wallet was all that differed. */
  walletLooks: number
  /** A position was taken over at an assumed price, and the wallet has not told yet what it came to. */
  guessed: boolean
  /** What others executed that is not accounted for yet, oldest first. */
  readonly others: Map<string, ExecutionReport>
  /** Of the last look. */
  foreign: Foreign
  /** What has been told about foreign things, so that it is told once. */
  readonly told: Set<string>
}

export interface EngineCounters {
  orders: number
  fills: number
  forced: number
  refusedDecisions: number
  readonly refusals: Map<RefusalCode, number>
}

/** An order without any news for so long is asked about. */
const SILENT_MS = 3_000
/** After the gate has refused an exit: until then the books may have been put right. Doubles each time. */
const REFUSED_EXIT_AGAIN_MS = 500
const REFUSED_EXIT_MOST_MS = 30_000
/** A cancel without an answer is said again. */
export const CANCEL_AGAIN_MS = 2_000

/** The timer that looks after an order. */
export const fateTimerId = (id: ClientOrderId): string => `order:${id}`
export const isFateTimer = (id: string): boolean => id.startsWith('order:')

/** A sent order is looked after from the start, so that no silence lasts. */
export function watchOrder(core: EngineCore, id: ClientOrderId): void {
  if (core.lasting) schedule(core, fateTimerId(id), core.now + SILENT_MS)
}

/** A cancel was asked for: it is said again until the order is known to be gone. */
function watchCancel(core: EngineCore, id: ClientOrderId): void {
  if (!core.lasting) return
  const order = core.orders.open.get(id)
  if (!order) return
  order.cancelAsked = true
  schedule(core, fateTimerId(id), core.now + CANCEL_AGAIN_MS)
}

/** Asks the venue for the whole account, one look at a time; one afresh waits for nothing. */
export function requestSnapshot(core: EngineCore, afresh = false): void {
  const waits = core.venue.asked || !core.venue.up
  if (!core.lasting || (waits && !afresh)) return
  core.venue.asked = true
  core.effects.push({ kind: 'snapshot', afresh })
}

export const NO_EFFECTS: readonly Effect[] = Object.freeze([])

/** Takes what the execution layer wants through the gate and out. Protective orders are refused for sanity alone. */
export function flush(core: EngineCore): void {
  if (core.instructions.length === 0) return
  const { instructions, effects, account, gate, orders } = core
  for (let i = 0; i < instructions.length; i++) {
    const instruction = instructions[i]!
    switch (instruction.kind) {
      case 'submit': {
        const { request } = instruction
        const verdict = gate.approveProtective(request, account.books.position(request.instrument))
        if (verdict.kind === 'refused') {
          onRefused(core, request, verdict.refusals.map((r) => r.message).join('; '))
          break
        }
        orders.submitted(request, core.now)
        core.counters.orders++
        effects.push({ kind: 'submit', order: verdict.order })
        watchOrder(core, request.clientOrderId)
        break
      }
      case 'cancel':
        effects.push({ kind: 'cancel', clientOrderId: instruction.id, instrument: instruction.instrument })
        watchCancel(core, instruction.id)
        break
      case 'retry_exit':
        schedule(core, exitRetryId(instruction.instrument), core.now + instruction.afterMs)
        break
      case 'retry_leg':
        schedule(core, legRetryId(instruction.instrument, instruction.leg), core.now + instruction.afterMs)
        break
      case 'alert':
        effects.push({ kind: 'alert', level: instruction.level, code: instruction.code, message: instruction.message })
        break
    }
  }
  clear(instructions)
}

/** Latches entries off, of one instrument or of all, until somebody clears it; those that rest are withdrawn. */
export function haltEntries(core: EngineCore, code: LatchCode, reason: string, only?: Instrument): void {
  trip(core, code, reason, only)
  withdrawEntries(core, only)
}

function trip(core: EngineCore, code: LatchCode, reason: string, only?: Instrument): void {
  core.account.latches.trip({ code, symbol: only?.symbol ?? null, since: core.now, reason, until: null })
}

/** Cancels what may still open or enlarge a position, of one instrument or of all; stops, targets and exits stay. */
export function withdrawEntries(core: EngineCore, only?: Instrument): void {
  wantEntriesGone(core, only)
  flush(core)
}

function wantEntriesGone(core: EngineCore, only?: Instrument): void {
  for (const { trade, instrument } of core.states) {
    if (only && instrument !== only) continue
    if (trade && !trade.entryDone) core.instructions.push({ kind: 'cancel', id: trade.entryId, instrument })
  }
}

/**
 * Our own arithmetic asked for something that does not only reduce the position: it is never sent, and nothing goes on
 * quietly. Where nobody is hurt the run ends; a bot at a venue must not die of it, again at every start, beside a
 * position: entries stop, the position is left at market, and the books are compared.
 */
function onRefused(core: EngineCore, request: OrderRequest, why: string): void {
  const { leg, clientOrderId, instrument, tradeId } = request
  const what = `${leg} order ${clientOrderId} of ${instrument.symbol} failed the gate: ${why}`
  if (!core.lasting) throw new Error(what)
  alert(core, 'critical', 'PROTECTION_REFUSED', `${what}; entries stop until somebody has looked`)
  trip(core, 'RECONCILE', what)
  wantEntriesGone(core)
  requestSnapshot(core)
  const { trade } = stateOf(core, instrument)
  if (trade?.id !== tradeId) return
  if (trade.exitId === clientOrderId) {
    trade.exitId = null
    const afterMs = Math.min(REFUSED_EXIT_MOST_MS, REFUSED_EXIT_AGAIN_MS * 2 ** trade.exitFailures)
    trade.exitFailures += 1
    core.instructions.push({ kind: 'retry_exit', instrument, afterMs })
    return
  }
  if (trade.stop?.id === clientOrderId) trade.stop = null
  if (trade.target?.id === clientOrderId) trade.target = null
  trade.stopRefused ||= leg === 'stop'
  exitAtMarket(trade, 'unprotected', core.instructions)
}

export function alert(core: EngineCore, level: 'info' | 'warning' | 'critical', code: string, message: string): void {
  core.effects.push({ kind: 'alert', level, code, message })
}

/** Timer after which a market exit that ended without a fill is sent again. */
export const exitRetryId = (instrument: Instrument): string => `exit-retry:${instrument.symbol}`

/** Timer after which a stop or target that was put off is placed. */
export const legRetryId = ({ symbol }: Instrument, leg: ProtectiveLeg): string => `${leg}-retry:${symbol}`

/** Timer after which a resting entry is withdrawn. */
export const entryTimeoutId = (instrument: Instrument): string => `entry-timeout:${instrument.symbol}`

export const schedule = (core: EngineCore, id: string, at: number): void => {
  core.effects.push({ kind: 'schedule', id, at: epochMs(at) })
}

export function stateOf(core: EngineCore, instrument: Instrument): SymbolState {
  const state = core.states[instrument.index]
  if (!state) throw new Error(`${instrument.symbol} is not one of the engine's instruments`)
  return state
}
