import type { OrderEvent, OrderRejected } from '../domain/event.ts'
import { NOT_PLACED, type ProtectiveLeg } from '../domain/order.ts'
import type { Instruction } from './instruction.ts'
import type { OpenTrade } from './open-trade.ts'
import type { TrackedOrder } from './order-tracker.ts'
import { FIRST_PAUSE_MS, isCovered, protect } from './protect.ts'

const MAX_PAUSE_MS = 30_000

type NotPlaced = OrderRejected & { readonly code: (typeof NOT_PLACED)[number] }
const CODES: ReadonlySet<string> = new Set(NOT_PLACED)

/** Whether the order was certainly not placed, for a reason that may pass. */
export const wasNotPlaced = (event: OrderEvent): event is NotPlaced =>
  event.kind === 'order_rejected' && CODES.has(event.code)

/**
 * The leg, which is no longer the trade's, is placed again after a pause that doubles each time; a stop without which the
 * position is not covered soon, and its guard bounds for how long.
 */
export function putOff(
  trade: OpenTrade,
  leg: ProtectiveLeg,
  event: NotPlaced,
  order: TrackedOrder,
  out: Instruction[],
): void {
  const own = trade.putOff[leg]
  const naked = leg === 'stop' && !isCovered(trade)
  const worse = naked && trade.nakedSince === null
  if (leg === 'stop') trade.nakedSince = naked ? (trade.nakedSince ?? order.submittedAt) : null
  own.pauseMs = naked ? FIRST_PAUSE_MS : Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** own.times)
  own.times += 1
  out.push({ kind: 'retry_leg', instrument: trade.instrument, leg, afterMs: own.pauseMs })
  if (own.times > 1 && !worse) return
  const what = `the ${leg} of trade ${trade.id} was not placed (${event.code}: ${event.message})`
  out.push({
    kind: 'alert',
    level: naked ? 'critical' : 'warning',
    code: leg === 'stop' ? 'STOP_PUT_OFF' : 'TARGET_PUT_OFF',
    message: `${trade.instrument.symbol}: ${what}; it is tried again until it is`,
  })
}

/** The pause is over. */
export function placePutOff(trade: OpenTrade, leg: ProtectiveLeg, out: Instruction[]): void {
  const own = trade.putOff[leg]
  if (own.pauseMs === 0) return
  own.pauseMs = 0
  protect(trade, out)
}
