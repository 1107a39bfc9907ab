import { isTerminal, type OrderState } from '../domain/order.ts'
import { SECOND_MS } from '../domain/time.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import { schedule, type EngineCore } from './core.ts'
import type { SymbolState } from './symbol-state.ts'

/** A look without an answer is repeated after this. */
const AGAIN_MS = SECOND_MS
/** The venue has told that it exists, and not that it ended. */
const RESTS: ReadonlySet<OrderState> = new Set(['accepted', 'partially_filled', 'triggered'])
/** Times the venue's lag for which an entry that ended early is looked at. */
const CUT_SHORT_LAGS = 2

const timerId = (symbol: string): string => `watch-resting:${symbol}`
export const isWatchTimer = (id: string): boolean => id.startsWith('watch-resting:')

/**
 * Looks regularly at what a position depends on: its stops, an entry that may be filling, and one that ended early and
 * may have filled before. A stop that goes, and a fill that comes, without a word are found so, and not by the
 * comparison of the whole account alone.
 */
export function watchResting(core: EngineCore, state: SymbolState): void {
  if (!core.lasting) return
  const { symbol } = state.instrument
  let due = Number.POSITIVE_INFINITY
  for (const order of ordersOf(core, state)) due = Math.min(due, dueAt(core, order))
  due = Math.max(due, core.now)
  if (due >= (core.watched.get(symbol) ?? Number.POSITIVE_INFINITY)) return
  core.watched.set(symbol, due)
  schedule(core, timerId(symbol), due)
}

export function onWatchTimer(core: EngineCore, timer: string): void {
  const symbol = timer.slice(timer.indexOf(':') + 1)
  core.watched.delete(symbol)
  const state = core.states.find((each) => each.instrument.symbol === symbol)
  if (!state) return
  for (const order of ordersOf(core, state)) {
    if (dueAt(core, order) > core.now) continue
    order.checkedAt = core.now
    const { clientOrderId, instrument } = order.request
    // A broken way is not asked: the comparison after it tells everything.
    if (core.venue.up) core.effects.push({ kind: 'check', clientOrderId, instrument })
  }
  watchResting(core, state)
}

function dueAt(core: EngineCore, order: TrackedOrder): number {
  const { checkEveryMs } = core.options
  if (isTerminal(order.state)) return Math.max(order.updatedAt, order.checkedAt + checkEveryMs)
  return Math.max(order.seenAt + checkEveryMs, order.checkedAt + AGAIN_MS)
}

function* ordersOf(core: EngineCore, { instrument, trade }: SymbolState): Generator<TrackedOrder> {
  for (const order of core.orders.open.values()) {
    const { leg, tradeId } = order.request
    if (tradeId === trade?.id && (leg === 'stop' || leg === 'entry') && RESTS.has(order.state)) yield order
  }
  for (const order of core.cutShort) {
    const { state, filled, updatedAt, request } = order
    const over = updatedAt + CUT_SHORT_LAGS * core.options.venueLagMs < core.now
    if (over || filled.gte(request.quantity) || !isTerminal(state)) core.cutShort.delete(order)
    else if (request.instrument === instrument) yield order
  }
}
