import type { AccountSnapshot, ExecutionReport } from '../domain/event.ts'
import type { ClientOrderId } from '../domain/order.ts'
import { HOUR_MS, SECOND_MS } from '../domain/time.ts'
import { exitAtMarket } from '../execution/exit.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import { isCovered, isPaused, placeAnotherStop, protect } from '../execution/protect.ts'
import { keepOthers, untoldClosings } from './by-others.ts'
import {
  alert,
  entryTimeoutId,
  exitRetryId,
  fateTimerId,
  flush,
  requestSnapshot,
  schedule,
  type EngineCore,
} from './core.ts'
import { compareOrders } from './compare-orders.ts'
import { comparePosition } from './compare-position.ts'
import { compareWallet } from './compare-wallet.ts'
import { note } from './correction.ts'
import { APART_MS, GRACE_MS, isMoving, UNSETTLED_LOOKS } from './doubt.ts'
import { timeStopId } from './entry-fill.ts'
import { ask } from './fate.ts'
import { seeElsewhere } from './foreign.ts'
import { guardStop } from './guard-stop.ts'
import { handleForced, isBooked, isOfBooks } from './on-forced.ts'
import { fundingKey, handleFunding, handleOrderEvent } from './on-order.ts'
import { executed } from './order-news.ts'
import type { SymbolState } from './symbol-state.ts'
import { watchResting } from './watch-resting.ts'

const RECONCILE_TIMER = 'reconcile'
/** After a failed look, or to confirm a suspicion. */
const AGAIN_MS = APART_MS

export const isReconcileTimer = (id: string): boolean => id === RECONCILE_TIMER

/** The way to the venue has changed: nothing new until the books have been compared again. */
export function onConnection(core: EngineCore, state: 'up' | 'down', message: string): void {
  if (!core.lasting) return
  const { venue, account } = core
  venue.up = state === 'up'
  venue.asked = false
  if (!venue.up) {
    account.venue = 'down'
    alert(core, 'warning', 'VENUE_DOWN', `${message}; no entries until the books have been compared with the venue`)
    return
  }
  venue.upAt = core.now
  venue.unsettled = 0
  account.venue = 'reconciling'
  for (const order of core.orders.open.values())
    if (order.state === 'submitted' || order.state === 'unknown') ask(core, order)
    else if (order.cancelAsked) schedule(core, fateTimerId(order.request.clientOrderId), core.now)
  for (const state of core.states) {
    const { trade } = state
    if (!trade) continue
    // Timers die with their process.
    if (trade.openedAt > 0)
      schedule(core, timeStopId(trade), trade.openedAt + core.config.entry.maxHoldingHours * HOUR_MS)
    if (!trade.entryDone && core.config.entry.orderType === 'limit')
      schedule(
        core,
        entryTimeoutId(trade.instrument),
        trade.submittedAt + core.config.entry.limitTimeoutSecs * SECOND_MS,
      )
    if (trade.exitId === null && trade.exitFailures > 0) schedule(core, exitRetryId(trade.instrument), core.now)
    guardStop(core, trade)
    watchResting(core, state)
  }
  requestSnapshot(core)
}

export function onSnapshotFailed(core: EngineCore): void {
  const { venue, account, options } = core
  venue.asked = false
  const since = core.now - Math.max(venue.reconciledAt, venue.upAt)
  if (account.venue === 'ready' && since > UNSETTLED_LOOKS * options.reconcileEveryMs)
    stopEntries(
      core,
      `no look at the account has left the books settled for ${Math.round(since / SECOND_MS)} s, and the last one failed`,
    )
  schedule(core, RECONCILE_TIMER, core.now + AGAIN_MS)
}

/** Compares the books with what the venue says, and brings them in line with it: never silently, never by guessing. */
export function onSnapshot(core: EngineCore, snapshot: AccountSnapshot): void {
  if (!core.lasting) return
  const { venue } = core
  venue.asked = false
  const before = venue.suspected
  venue.suspected = new Map()
  venue.foreign = { orders: [], positions: [], elsewhere: [] }
  seeElsewhere(core, snapshot.elsewhere ?? [])
  // What a position has paid is its trade's, also where the same look tells that the trade is over.
  bookFundings(core, snapshot)
  bookExecutions(core, snapshot)
  for (const state of core.states) {
    protectNaked(core, state, snapshot)
    compareOrders(core, state, snapshot, before)
    comparePosition(core, state, snapshot, before)
  }
  compareWallet(core, snapshot, before)
  const clean = venue.suspected.size === 0
  if (clean) {
    venue.reconciledAt = core.now
    venue.unsettled = 0
    if (venue.up) core.account.venue = 'ready'
  } else if (venue.up && isUnexplained(core, snapshot.askedAt)) countUnsettled(core)
  schedule(core, RECONCILE_TIMER, core.now + (clean ? core.options.reconcileEveryMs : AGAIN_MS))
}

/** Something differs that no order of the bot's accounts for. */
function isUnexplained(core: EngineCore, askedAt: number): boolean {
  const moving = core.states.filter((state) => isMoving(core, state, askedAt))
  const { suspected } = core.venue
  return (
    (suspected.has('wallet') && moving.length === 0) ||
    core.states.some((state) => suspected.has(state.instrument.symbol) && !moving.includes(state))
  )
}

/** Differences that never stay the same are never confirmed: entries must not go on beside them. */
function countUnsettled(core: EngineCore): void {
  const { venue } = core
  venue.unsettled += 1
  if (venue.unsettled !== UNSETTLED_LOOKS) return
  const open = [...venue.suspected].map(([name, { difference }]) => `${name} ${difference}`).join('; ')
  stopEntries(core, `${UNSETTLED_LOOKS} looks at the account have left the books in doubt (${open})`)
}

/** Until a look leaves nothing open. */
function stopEntries(core: EngineCore, why: string): void {
  core.account.venue = 'reconciling'
  alert(core, 'warning', 'UNRECONCILED', `${why}; no entries until one leaves nothing open`)
}

function bookExecutions(core: EngineCore, snapshot: AccountSnapshot): void {
  keepOthers(core, snapshot)
  const closings = untoldClosings(core, snapshot)
  for (const execution of snapshot.executions) {
    const order = core.orders.find(execution.clientOrderId as ClientOrderId)
    if (!order || order.fills.includes(execution.tradeId)) continue
    const { instrument, tradeId } = execution
    note(
      core,
      'missed_execution',
      instrument.symbol,
      `execution ${tradeId} of order ${execution.clientOrderId} had not been told`,
      {
        price: execution.price.toFixed(),
        quantity: execution.quantity.toFixed(),
      },
    )
    handleOrderEvent(core, executed(core, order, execution))
  }
  for (const closing of closings) bookForced(core, closing)
}

/** A closing by the venue itself that no news had told. */
function bookForced(core: EngineCore, execution: ExecutionReport): void {
  const { forced: cause, instrument, tradeId, quantity } = execution
  if (cause === null || isBooked(core, execution) || !isOfBooks(core, execution)) return
  note(core, 'missed_execution', instrument.symbol, `closing ${tradeId} by the venue (${cause}) had not been told`, {
    execution: tradeId,
    cause,
    price: execution.price.toFixed(),
    quantity: quantity.toFixed(),
  })
  handleForced(core, { ...execution, kind: 'position_forced', time: core.now, cause })
}

function bookFundings(core: EngineCore, snapshot: AccountSnapshot): void {
  for (const funding of snapshot.fundings) {
    if (core.fundings.includes(fundingKey(funding.instrument, funding.venueTime))) continue
    // What was settled before the books began is in the wallet they began with.
    if (funding.venueTime <= core.booksFrom) continue
    note(
      core,
      'missed_funding',
      funding.instrument.symbol,
      `a funding payment of ${funding.amount.toFixed()} had not been told`,
    )
    handleFunding(core, funding)
  }
}

/** A position without a stop at the venue gets one before anything else is done. */
function protectNaked(core: EngineCore, state: SymbolState, snapshot: AccountSnapshot): void {
  const { trade, instrument } = state
  if (!trade?.position.gt(0) || trade.exitId !== null || trade.stopRefused) return
  if (trade.stop !== null) {
    if (isLost(core, trade, snapshot)) {
      note(core, 'naked_position', instrument.symbol, `stop ${trade.stop.id} of trade ${trade.id} has not arrived`)
      placeAnotherStop(trade, core.instructions)
      flush(core)
    }
    if (trade.target === null) {
      protect(trade, core.instructions)
      flush(core)
    }
    return guardStop(core, trade)
  }
  const naked = !isCovered(trade)
  const reason = naked && trade.exitReason !== 'target' ? trade.exitReason : null
  if (isPaused(trade, 'stop') && reason === null) return guardStop(core, trade)
  if (naked)
    note(core, 'naked_position', instrument.symbol, `the position of trade ${trade.id} had no stop`, {
      quantity: trade.position.toFixed(),
      open_orders: String(snapshot.openOrders.length),
    })
  if (reason !== null) exitAtMarket(trade, reason, core.instructions)
  else protect(trade, core.instructions)
  flush(core)
  guardStop(core, trade)
}

/** A stop that was sent long enough before this look, is not in it, and has no company yet. */
function isLost(core: EngineCore, trade: OpenTrade, snapshot: AccountSnapshot): boolean {
  const order = trade.stop && core.orders.open.get(trade.stop.id)
  if (!order || isCovered(trade) || trade.unconfirmedStops > 0) return false
  if (order.submittedAt + GRACE_MS > snapshot.askedAt) return false
  return snapshot.openOrders.every((report) => report.clientOrderId !== order.request.clientOrderId)
}
