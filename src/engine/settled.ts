import type { OpenTrade } from '../execution/open-trade.ts'
import { isCovered } from '../execution/protect.ts'
import type { EngineCore } from './core.ts'

/**
 * Nothing is on its way or waits to be tried again, and every position has its whole stop at the venue: the process may
 * end.
 */
export function isSettled(core: EngineCore): boolean {
  for (const order of core.orders.open.values()) {
    if (order.cancelAsked || order.request.leg === 'exit') return false
    if (order.state === 'submitted' || order.state === 'unknown' || order.state === 'triggered') return false
  }
  return core.states.every(({ trade }) => !trade?.position.gt(0) || (isCovered(trade) && !waits(trade)))
}

/** Its exit has failed, or a leg was put off, and is sent again in a moment. */
const waits = ({ exitId, exitFailures, putOff }: OpenTrade): boolean =>
  (exitId === null && exitFailures > 0) || putOff.stop.pauseMs > 0 || putOff.target.pauseMs > 0
