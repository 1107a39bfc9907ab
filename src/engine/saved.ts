import { Dec } from '../domain/decimal.ts'
import { createIdMemory } from '../domain/id-memory.ts'
import type { Instrument } from '../domain/instrument.ts'
import { isTerminal } from '../domain/order.ts'
import { epochMs, money, type EpochMs, type Money } from '../domain/unit.ts'
import {
  restoreOrder,
  restoreTrade,
  saveOrder,
  saveTrade,
  type SavedOrder,
  type SavedTrade,
} from '../execution/saved-trade.ts'
import { regrid } from '../execution/regrid.ts'
import type { LastExit } from '../strategy/entry-gate.ts'
import type { EquityState } from '../risk/equity-guard.ts'
import type { Latch } from '../risk/latch.ts'
import type { AccountPast } from './account.ts'
import type { EngineCore } from './core.ts'
import { breakEvenTrigger } from './manage.ts'
import { reserveRest } from './reserve-rest.ts'
import { marginOf } from './settle.ts'
import { restoreEnded } from './saved-ended.ts'
import { clustersOf, idsOfOld, readIds, SIGNALS } from './saved-ids.ts'
import { ACCOUNT_SHAPE, BOOKED_SHAPE, SYMBOL_SHAPE } from './saved-shape.ts'
import { FORMAT, parseSaved, SavedStateError, takeUp } from './saved-text.ts'
import type { SymbolState } from './symbol-state.ts'

/** Why a process that ends stops its entries. */
export const ENDING = 'the process ends'

interface SavedAccount {
  readonly format: number
  readonly wallet: string
  readonly fees: string
  readonly funding: string
  readonly realised: string
  readonly equity: EquityState
  readonly latches: readonly Latch[]
  readonly entries: readonly (readonly [symbol: string, times: readonly EpochMs[]])[]
  /** These three of an older program: they have keys of their own. */
  readonly signals?: readonly string[]
  readonly forced?: readonly string[]
  readonly fundings?: readonly string[]
  readonly booksFrom: EpochMs
  readonly guessed?: boolean
  readonly epoch: number
  readonly intents: number
}

interface SavedSymbol {
  readonly format: number
  readonly signed: string
  readonly entryPrice: string
  readonly trade: SavedTrade | null
  readonly ended: SavedTrade | null
  readonly unclosed?: boolean
  /** Absent: never. */
  readonly adoptedAt?: EpochMs
  readonly guessedAt?: EpochMs
  readonly orders: readonly SavedOrder[]
  readonly lastExit: LastExit | null
  readonly lastStop: Readonly<Record<'LONG' | 'SHORT', EpochMs | null>>
  readonly entries: readonly EpochMs[]
  readonly fired: readonly string[]
  /** Of an older program: they have keys of their own. */
  readonly usedClusters?: readonly string[]
}

interface SavedBooked {
  readonly format: number
  readonly forced: readonly string[]
  readonly fundings: readonly string[]
}

export const ACCOUNT_KEY = 'account'
export const BOOKED_KEY = 'booked'
const SYMBOL_PREFIX = 'symbol:'
export const symbolKey = (symbol: string): string => `${SYMBOL_PREFIX}${symbol}`

/** The account's part of what the next process needs. */
export function saveAccount(core: EngineCore): string {
  const { books, guard, latches, risk } = core.account
  const saved: SavedAccount = {
    format: FORMAT,
    wallet: books.wallet.toFixed(),
    fees: books.fees.toFixed(),
    funding: books.funding.toFixed(),
    realised: books.realised.toFixed(),
    equity: { ...guard.state },
    latches: latches.latches,
    entries: core.states.map(({ instrument }) => [instrument.symbol, risk.entries.times(instrument.index)]),
    booksFrom: core.booksFrom,
    guessed: core.venue.guessed,
    epoch: core.epoch,
    intents: core.intents,
  }
  return JSON.stringify(saved)
}

export function saveSymbol(core: EngineCore, state: SymbolState): string {
  const { instrument, history } = state
  const { signed, entryPrice } = core.account.books.position(instrument)
  const orders: SavedOrder[] = []
  for (const order of core.orders.open.values())
    if (order.request.instrument === instrument) orders.push(saveOrder(order))
  const saved: SavedSymbol = {
    format: FORMAT,
    signed: signed.toFixed(),
    entryPrice: entryPrice.toString(),
    trade: state.trade && saveTrade(state.trade),
    ended: state.ended && saveTrade(state.ended),
    unclosed: state.unclosed,
    ...(Number.isFinite(state.adoptedAt) && { adoptedAt: state.adoptedAt }),
    ...(Number.isFinite(state.guessedAt) && { guessedAt: state.guessedAt }),
    orders,
    lastExit: history.lastExit,
    lastStop: { ...history.lastStop },
    entries: [...history.entries],
    fired: [...history.fired],
  }
  return JSON.stringify(saved)
}

/** Closings and settlements that are in the books, so that nobody books them again. */
export function saveBooked({ forced, fundings }: EngineCore): string {
  const saved: SavedBooked = { format: FORMAT, forced, fundings }
  return JSON.stringify(saved)
}

/** What the account was, for the parts that are made with it; `null`: nothing was saved. */
export interface Past extends AccountPast {
  readonly wallet: Money
  readonly booksFrom: EpochMs
  readonly epoch: number
  readonly intents: number
}

/** Throws a {@link SavedStateError}. */
export function readPast(saved: ReadonlyMap<string, string>, instruments: readonly Instrument[]): Past | null {
  const text = saved.get(ACCOUNT_KEY)
  if (text === undefined) return null
  const account = parseSaved<SavedAccount>(ACCOUNT_KEY, text, ACCOUNT_SHAPE)
  const indexOf = (symbol: string): number => instruments.findIndex((each) => each.symbol === symbol)
  return {
    wallet: money(account.wallet),
    booksFrom: epochMs(account.booksFrom),
    epoch: account.epoch,
    intents: account.intents,
    equity: account.equity,
    // A process that ends stops its own entries, not those of the next one.
    latches: account.latches.filter((latch) => !(latch.code === 'ENTRIES_STOPPED' && latch.reason === ENDING)),
    signals: readIds(SIGNALS, saved) ?? idsOfOld(account.signals),
    entries: account.entries.flatMap(([symbol, times]) => {
      const instrumentIndex = indexOf(symbol)
      return instrumentIndex < 0 ? [] : times.map((time) => ({ instrumentIndex, time }))
    }),
  }
}

/** Puts back what was saved of books, trades and orders. Throws a {@link SavedStateError}. */
export function restore(core: EngineCore, saved: ReadonlyMap<string, string>): void {
  const text = saved.get(ACCOUNT_KEY)
  if (text === undefined) return
  const account = parseSaved<SavedAccount>(ACCOUNT_KEY, text, ACCOUNT_SHAPE)
  refuseForgotten(core, saved)
  core.account.books.carry({
    fees: new Dec(account.fees),
    funding: new Dec(account.funding),
    realised: new Dec(account.realised),
  })
  core.venue.guessed = account.guessed ?? false
  const bookings = saved.get(BOOKED_KEY)
  const booked = bookings === undefined ? account : parseSaved<SavedBooked>(BOOKED_KEY, bookings, BOOKED_SHAPE)
  core.forced.push(...(booked.forced ?? []))
  core.fundings.push(...(booked.fundings ?? []))
  restoreEnded(core, saved)
  for (const state of core.states) {
    const { symbol } = state.instrument
    const key = symbolKey(symbol)
    takeUp(key, saved.get(key), (own) => {
      const past = parseSaved<SavedSymbol>(key, own, SYMBOL_SHAPE)
      restoreSymbol(core, state, past)
      state.history.usedClusters = createIdMemory(readIds(clustersOf(symbol), saved) ?? idsOfOld(past.usedClusters))
    })
  }
}

/** A pair that the configuration names no more must not leave a position or an order that nobody guards. */
function refuseForgotten(core: EngineCore, saved: ReadonlyMap<string, string>): void {
  const named = new Set(core.states.map(({ instrument }) => symbolKey(instrument.symbol)))
  for (const [key, text] of saved) {
    if (!key.startsWith(SYMBOL_PREFIX) || named.has(key)) continue
    const { signed, trade, orders } = parseSaved<SavedSymbol>(key, text, SYMBOL_SHAPE)
    if (Number(signed) === 0 && trade === null && orders.length === 0) continue
    const symbol = key.slice(SYMBOL_PREFIX.length)
    throw new SavedStateError(
      `${symbol} has a trade or an order, and exchange.pairs does not name it`,
      'Name it again until both are over: force-exit closes a trade.',
    )
  }
}

function restoreSymbol(core: EngineCore, state: SymbolState, saved: SavedSymbol): void {
  const { instrument, history } = state
  const { account, orders } = core
  account.books.hold(instrument, { signed: new Dec(saved.signed), entryPrice: new Dec(saved.entryPrice) })
  state.trade = saved.trade && restoreTrade(saved.trade, instrument)
  state.ended = saved.ended && restoreTrade(saved.ended, instrument)
  state.unclosed = saved.unclosed ?? false
  if (saved.adoptedAt !== undefined) state.adoptedAt = epochMs(saved.adoptedAt)
  if (saved.guessedAt !== undefined) state.guessedAt = epochMs(saved.guessedAt)
  for (const each of saved.orders) {
    const order = restoreOrder(each, instrument)
    orders.restore(order)
    // A working entry counts also where its trade is over.
    if (!isTerminal(order.state)) reserveRest(account.exposure, order)
  }
  history.lastExit = saved.lastExit
  history.lastStop.LONG = saved.lastStop.LONG
  history.lastStop.SHORT = saved.lastStop.SHORT
  history.entries.push(...saved.entries.map(epochMs))
  for (const key of saved.fired) history.fired.add(key)
  const { trade } = state
  if (!trade) return
  // The venue may have changed its steps since.
  regrid(trade)
  account.openTrades += 1
  account.margin[instrument.index] = marginOf(trade)
  if (trade.entryQuantity.gt(0)) state.breakEvenAt = breakEvenTrigger(trade, core.config.stop)
}
