import type { AccountEvent, OrderEvent } from '../domain/event.ts'
import type { ClientOrderId } from '../domain/order.ts'
import type { RecentList } from '../domain/recent-list.ts'
import { removeAt } from '../domain/short-list.ts'
import { type EpochMs, epochMs } from '../domain/unit.ts'
import type { Books } from './ledger.ts'
import type { ExchangeParameters } from './parameters.ts'
import type { Schedule } from './schedule.ts'
import type { Slot } from './slot.ts'
import type { WorkingOrder } from './working-order.ts'

/** The state that all parts of the matching core share. */
export interface Core {
  readonly parameters: ExchangeParameters
  /** By instrument index; holes where the tape does not list one. */
  readonly slots: readonly (Slot | undefined)[]
  readonly listed: readonly Slot[]
  readonly books: Books
  readonly schedule: Schedule
  readonly outbox: AccountEvent[]
  /** Last event of orders that have ended, for queries; the oldest are forgotten. */
  readonly ended: RecentList<string, OrderEvent>
  readonly keepFills: boolean
  /** From when on the kept executions and settlements are complete, epoch ms. */
  historyFrom: number
  /** Slots with orders, requests under way or a position, by instrument index. */
  readonly active: Slot[]
  /** Instruments with a position. */
  positionCount: number
  sequence: number
}

export const ENDED_KEPT = 4_096

/** Queues an account event for delivery. */
export const emit = (core: Core, event: AccountEvent): number => core.outbox.push(event)

/** News of an order that says no more than that. Written out, because copying the stamp costs more than all the rest. */
export const tell = (
  core: Core,
  slot: Slot,
  kind: 'order_accepted' | 'order_triggered',
  clientOrderId: ClientOrderId,
  time: number,
): number =>
  emit(core, { kind, time: epochMs(time), venueTime: epochMs(time), instrument: slot.instrument, clientOrderId })

/** Removes an order from the working ones and remembers how it ended. */
export function endOrder(core: Core, slot: Slot, order: WorkingOrder, event: OrderEvent): void {
  order.state = 'done'
  const at = slot.orders.indexOf(order)
  if (at >= 0) removeAt(slot.orders, at)
  remember(core, event)
}

/** Keeps the last word on an order id. */
export function remember(core: Core, event: OrderEvent): void {
  core.ended.add(event.clientOrderId, event)
}

export function cancelOrder(core: Core, slot: Slot, order: WorkingOrder, reason: string, time: number): void {
  const event: OrderEvent = {
    kind: 'order_canceled',
    time: epochMs(time),
    venueTime: epochMs(time),
    instrument: slot.instrument,
    clientOrderId: order.request.clientOrderId,
    reason,
  }
  emit(core, event)
  endOrder(core, slot, order, event)
}

export function expireOrder(core: Core, slot: Slot, order: WorkingOrder, reason: string, time: number): void {
  const event: OrderEvent = {
    kind: 'order_expired',
    ...stamp(slot, time),
    clientOrderId: order.request.clientOrderId,
    reason,
  }
  emit(core, event)
  endOrder(core, slot, order, event)
}

export const stamp = (
  slot: Slot,
  time: number,
): { time: EpochMs; venueTime: EpochMs; instrument: Slot['instrument'] } => ({
  time: epochMs(time),
  venueTime: epochMs(time),
  instrument: slot.instrument,
})

/** A number for the next trade. */
export const nextTradeId = (core: Core): string => {
  core.sequence += 1
  return `x${core.sequence}`
}
