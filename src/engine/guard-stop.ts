import { exitAtMarket } from '../execution/exit.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import { hasRestingStop, placeAnotherStop } from '../execution/protect.ts'
import { alert, flush, schedule, type EngineCore } from './core.ts'

/** A stop that is not confirmed for so long gets company; when that is not either, for as long again, the position is left. */
const CONFIRM_MS = 2_000
const MAX_UNCONFIRMED = 1

const timerId = (symbol: string): string => `stop-guard:${symbol}`
export const isStopTimer = (id: string): boolean => id.startsWith('stop-guard:')

/** Looks after a position whose stop is not known to rest. */
export function guardStop(core: EngineCore, trade: OpenTrade | null): void {
  if (!core.lasting || !trade?.position.gt(0) || hasRestingStop(trade) || trade.exitId !== null) return
  const { symbol } = trade.instrument
  if (core.guarding.has(symbol)) return
  core.guarding.add(symbol)
  schedule(core, timerId(symbol), core.now + CONFIRM_MS)
}

export function onStopTimer(core: EngineCore, timer: string): void {
  const symbol = timer.slice(timer.indexOf(':') + 1)
  core.guarding.delete(symbol)
  const trade = core.states.find((state) => state.instrument.symbol === symbol)?.trade
  if (!trade?.position.gt(0) || hasRestingStop(trade) || trade.exitId !== null || trade.stopRefused) return
  if (trade.unconfirmedStops < MAX_UNCONFIRMED) {
    const message = `${symbol}: the stop of trade ${trade.id} is not confirmed; another one is placed beside it`
    alert(core, 'critical', 'STOP_UNCONFIRMED', message)
    placeAnotherStop(trade, core.instructions)
  } else {
    const message = `${symbol}: no stop of trade ${trade.id} was confirmed; closing the position at market`
    alert(core, 'critical', 'STOP_UNCONFIRMED', message)
    trade.stopRefused = true
    exitAtMarket(trade, 'unprotected', core.instructions)
  }
  flush(core)
  guardStop(core, trade)
}
