import { epochMs } from '../domain/unit.ts'
import { exitAtMarket } from '../execution/exit.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import { isCovered, isPaused, placeAnotherStop } from '../execution/protect.ts'
import { alert, flush, schedule, type EngineCore } from './core.ts'
import { ask } from './fate.ts'

/** A stop that is not confirmed for so long gets company; when that is not either, for as long again, the position is left. */
const CONFIRM_MS = 2_000
const MAX_UNCONFIRMED = 1
const MAX_NAKED_MS = CONFIRM_MS * (1 + MAX_UNCONFIRMED)
/** What has been heard of is done within this, or there is more to be heard. */
const MOMENT_MS = 500
/** Market exits of one position whose fate is open at the same time. They only reduce: one too many finds nothing to close. */
const MAX_UNANSWERED_EXITS = 6

const timerId = (symbol: string): string => `stop-guard:${symbol}`
export const isStopTimer = (id: string): boolean => id.startsWith('stop-guard:')

/** Looks after a position that stops do not cover whole, until they do or an answered exit has closed it. */
export function guardStop(core: EngineCore, trade: OpenTrade | null): void {
  if (!core.lasting || !trade?.position.gt(0) || isCovered(trade)) return
  const { symbol } = trade.instrument
  const exit = exitOf(core, trade)
  const wanted = exit
    ? dueOf(exit)
    : Math.min((silentStop(core, trade)?.submittedAt ?? core.now) + CONFIRM_MS, lastDue(trade))
  // What was sent a while ago (by the process before, say) is first given a moment to be found.
  const due = wanted > core.now ? wanted : core.now + MOMENT_MS
  const planned = core.guarding.get(symbol)
  if (planned !== undefined && planned <= due) return
  core.guarding.set(symbol, due)
  schedule(core, timerId(symbol), due)
}

/**
 * A stop has ended: perhaps because the position has, by an exit that nothing was heard of. Its next question may be
 * seconds away, and another exit is sent sooner.
 */
export function askAboutExit(core: EngineCore, trade: OpenTrade): void {
  const exit = exitOf(core, trade)
  if (core.lasting && exit?.state === 'unknown' && trade.position.gt(0) && !isCovered(trade)) ask(core, exit)
}

const exitOf = (core: EngineCore, trade: OpenTrade): TrackedOrder | undefined =>
  trade.exitId === null ? undefined : core.orders.open.get(trade.exitId)

/** When something should have been heard of an exit; a market order is done at once. */
const dueOf = (exit: TrackedOrder): number =>
  isSilent(exit) ? exit.submittedAt + CONFIRM_MS : exit.updatedAt + MOMENT_MS

/** When the position is left, whatever stops are on their way or put off. */
const lastDue = ({ nakedSince }: OpenTrade): number =>
  nakedSince === null ? Number.POSITIVE_INFINITY : nakedSince + MAX_NAKED_MS

/** The stop on its way, as long as the venue has said nothing about it. */
function silentStop(core: EngineCore, trade: OpenTrade): TrackedOrder | undefined {
  const stop = trade.stop && core.orders.open.get(trade.stop.id)
  return stop && isSilent(stop) ? stop : undefined
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
  const overdue = lastDue(trade) <= core.now
  // The timer may be that of another stop, which has been confirmed.
  const sentAt = silentStop(core, trade)?.submittedAt
  if (!overdue && (isPaused(trade, 'stop') || (sentAt !== undefined && sentAt + CONFIRM_MS > core.now))) return
  if (!overdue && trade.unconfirmedStops < MAX_UNCONFIRMED) {
    const message = `${symbol}: the stop of trade ${trade.id} is not confirmed; another one is placed beside it`
    alert(core, 'critical', 'STOP_UNCONFIRMED', message)
    // Where the other one is put off, the time of the first counts too.
    trade.nakedSince ??= epochMs(core.now - CONFIRM_MS)
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
  const exit = exitOf(core, trade)
  if (!exit || dueOf(exit) > core.now) return
  if (!isSilent(exit)) {
    // The word that it is done, and left a rest, has been lost.
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
