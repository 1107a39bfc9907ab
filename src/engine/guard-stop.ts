import { exitAtMarket } from '../execution/exit.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import { isCovered, placeAnotherStop } from '../execution/protect.ts'
import { alert, flush, schedule, type EngineCore } from './core.ts'

/** A stop that is not confirmed for so long gets company; when that is not either, for as long again, the position is left. */
const CONFIRM_MS = 2_000
const MAX_UNCONFIRMED = 1
/** Market exits of one position whose fate is open at the same time. They only reduce: one too many finds nothing to close. */
const MAX_UNANSWERED_EXITS = 3

const timerId = (symbol: string): string => `stop-guard:${symbol}`
export const isStopTimer = (id: string): boolean => id.startsWith('stop-guard:')

/** Looks after a position that is not wholly protected by stops, nor by an answered exit. */
export function guardStop(core: EngineCore, trade: OpenTrade | null): void {
  if (!core.lasting || !trade?.position.gt(0) || isCovered(trade)) return
  const { symbol } = trade.instrument
  if (core.guarding.has(symbol)) return
  core.guarding.add(symbol)
  // What was sent a while ago (by the process before, say) is first given time to be found.
  const due = (silentSince(core, trade) ?? core.now) + CONFIRM_MS
  schedule(core, timerId(symbol), due > core.now ? due : core.now + CONFIRM_MS)
}

/** When the exit or else the stop on its way was sent, as long as the venue has said nothing about it. */
function silentSince(core: EngineCore, trade: OpenTrade): number | undefined {
  const id = trade.exitId ?? trade.stop?.id
  const order = id === undefined ? undefined : core.orders.open.get(id)
  return order && isSilent(order) ? order.submittedAt : undefined
}

const isSilent = ({ state }: TrackedOrder): boolean => state === 'submitted' || state === 'unknown'

const isExitOf = (trade: OpenTrade, { request }: TrackedOrder): boolean =>
  request.leg === 'exit' && request.tradeId === trade.id

export function onStopTimer(core: EngineCore, timer: string): void {
  const symbol = timer.slice(timer.indexOf(':') + 1)
  core.guarding.delete(symbol)
  const trade = core.states.find((state) => state.instrument.symbol === symbol)?.trade
  if (!trade?.position.gt(0) || isCovered(trade)) return
  if (trade.exitId !== null) askOrExit(core, trade)
  else if (!trade.stopRefused) stopBeside(core, trade)
  flush(core)
  guardStop(core, trade)
}

function stopBeside(core: EngineCore, trade: OpenTrade): void {
  const { symbol } = trade.instrument
  // The timer was set for an earlier one, which has been confirmed and replaced.
  const since = silentSince(core, trade)
  if (since !== undefined && since + CONFIRM_MS > core.now) return
  if (trade.unconfirmedStops < MAX_UNCONFIRMED) {
    const message = `${symbol}: the stop of trade ${trade.id} is not confirmed; another one is placed beside it`
    alert(core, 'critical', 'STOP_UNCONFIRMED', message)
    placeAnotherStop(trade, core.instructions)
    return
  }
  const message = `${symbol}: no stop of trade ${trade.id} was confirmed; closing the position at market`
  alert(core, 'critical', 'STOP_UNCONFIRMED', message)
  trade.stopRefused = true
  exitAtMarket(trade, 'unprotected', core.instructions)
}

/** Without a stop an exit is all there is: where the venue says nothing about it, another one is sent, never the same again. */
function askOrExit(core: EngineCore, trade: OpenTrade): void {
  const exit = trade.exitId === null ? undefined : core.orders.open.get(trade.exitId)
  if (!exit) return
  const since = isSilent(exit) ? exit.submittedAt : exit.updatedAt
  if (since + CONFIRM_MS > core.now) return
  if (!isSilent(exit)) {
    // A market order is done at once: the word that it is, and left a rest, has been lost.
    const { clientOrderId, instrument } = exit.request
    core.effects.push({ kind: 'query', clientOrderId, instrument })
    return
  }
  let silent = 0
  // Those that were sent into a broken connection keep none from being sent over the next one.
  for (const order of core.orders.open.values())
    if (isExitOf(trade, order) && isSilent(order) && order.submittedAt >= core.venue.upAt) silent += 1
  if (silent >= MAX_UNANSWERED_EXITS) return
  const message = `${trade.instrument.symbol}: the exit of trade ${trade.id} is not confirmed and no stop rests; another one is sent beside it`
  alert(core, 'critical', 'EXIT_UNCONFIRMED', message)
  trade.exitId = null
  exitAtMarket(trade, trade.exitReason ?? 'unprotected', core.instructions)
}
