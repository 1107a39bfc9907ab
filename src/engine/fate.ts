import type { OrderAbsent } from '../domain/event.ts'
import { isTerminal, type ClientOrderId } from '../domain/order.ts'
import { SECOND_MS } from '../domain/time.ts'
import { epochMs } from '../domain/unit.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import { placeAnotherStop } from '../execution/protect.ts'
import { alert, CANCEL_AGAIN_MS, fateTimerId, flush, schedule, type EngineCore } from './core.ts'
import { concluded, type OrderNews } from './order-news.ts'

/** Pauses between questions about an order whose fate is not known; the last one is repeated. */
const ASK_AFTER_MS = [250, 500, 1_000, 2_000, 3_000] as const
/** Complete looks without a trace that make a proof, once the request can no longer arrive; at least so far apart. */
const PROOF = 3
const APART_MS = SECOND_MS
/** Of an order that was known to rest: it cannot be on its way any more. */
const PROOF_VANISHED = 2
/** Times the venue's lag after its last word on an order, before what it does not show is taken for gone. */
const SHOWN_AFTER_LAGS = 2

const isOpen = (order: TrackedOrder): boolean => !isTerminal(order.state)

function askLater(core: EngineCore, order: TrackedOrder): void {
  const pause = ASK_AFTER_MS[Math.min(order.asks, ASK_AFTER_MS.length - 1)]!
  schedule(core, fateTimerId(order.request.clientOrderId), core.now + pause)
}

/** Asks what became of an order. It is never sent again. */
export function ask(core: EngineCore, order: TrackedOrder): void {
  const { clientOrderId, instrument } = order.request
  core.effects.push({ kind: 'query', clientOrderId, instrument })
  askLater(core, order)
  order.asks += 1
}

export function onFateTimer(core: EngineCore, timer: string): void {
  const id = timer.slice(timer.indexOf(':') + 1) as ClientOrderId
  const order = core.orders.open.get(id)
  if (!order || !isOpen(order)) return
  if (order.state === 'unknown' || order.state === 'submitted' || order.absences > 0) return ask(core, order)
  if (!order.cancelAsked) return
  core.effects.push({ kind: 'cancel', clientOrderId: id, instrument: order.request.instrument })
  schedule(core, timer, core.now + CANCEL_AGAIN_MS)
}

/**
 * A complete look found no trace. For an order whose request may still arrive that means nothing yet; afterwards, three
 * such looks a second apart prove that it never will.
 * @returns the event that the proof amounts to
 */
export function onAbsent(core: EngineCore, event: OrderAbsent): OrderNews | null {
  const order = core.orders.open.get(event.clientOrderId)
  if (!order || !isOpen(order)) return null
  const { instrument, clientOrderId } = event
  const sent = order.state === 'unknown' || order.state === 'submitted'
  const from = sent
    ? order.submittedAt + core.options.requestLifeMs + core.options.venueLagMs
    : // The venue's lists may lag behind its own word.
      order.updatedAt + core.options.venueLagMs
  if (event.askedAt < from || event.askedAt - order.lastAbsence < APART_MS) {
    askLater(core, order)
    return null
  }
  order.absences += 1
  order.lastAbsence = event.askedAt
  const looks = `${order.absences} complete looks found no trace of it`
  if (order.absences < (sent ? PROOF : PROOF_VANISHED)) {
    schedule(core, fateTimerId(clientOrderId), core.now + APART_MS)
    return null
  }
  const moment = { time: event.time, venueTime: epochMs(event.time) }
  if (sent) return concluded(core, order, 'rejected', looks, moment)
  if (event.askedAt < order.updatedAt + SHOWN_AFTER_LAGS * core.options.venueLagMs) {
    stopBesideUnseen(core, order)
    schedule(core, fateTimerId(clientOrderId), core.now + APART_MS)
    return null
  }
  alert(core, 'warning', 'ORDER_VANISHED', `${instrument.symbol}: order ${clientOrderId} rested and is gone; ${looks}`)
  return concluded(core, order, 'canceled', looks, moment)
}

/** It may rest and not be shown yet, or be gone: a stop that only may be there gets company, which at worst is too much. */
function stopBesideUnseen(core: EngineCore, { request }: TrackedOrder): void {
  const trade = core.states[request.instrument.index]?.trade
  if (!trade?.position.gt(0) || trade.stop?.id !== request.clientOrderId) return
  if (trade.exitId !== null || trade.unconfirmedStops > 0) return
  const { symbol } = request.instrument
  const message = `${symbol}: the venue does not show the stop of trade ${trade.id}; another one is placed beside it`
  alert(core, 'critical', 'STOP_UNSEEN', message)
  placeAnotherStop(trade, core.instructions)
  flush(core)
}
