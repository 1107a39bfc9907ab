import type { ConclusionNote } from '../domain/effect.ts'
import type { ExecutionReport, OrderEvent, OrderFilled } from '../domain/event.ts'
import { NEVER_ACCEPTED } from '../domain/order.ts'
import type { EpochMs, Quantity } from '../domain/unit.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import type { EngineCore } from './core.ts'

declare const accounted: unique symbol
type Accounted<E extends OrderEvent> = E & { readonly [accounted]: true }

/**
 * What has happened to an order, so that whoever keeps its state beside the engine, as the journal does, has it too: the
 * venue has told it, or it is made by one of the functions below. Nothing else moves an order.
 */
export type OrderNews = Accounted<OrderEvent>

interface Moment {
  readonly time: EpochMs
  readonly venueTime: EpochMs
}

/** What the engine concludes of an order without news of it, which is noted: nobody could read it from any event. */
export function concluded(
  core: EngineCore,
  order: TrackedOrder,
  state: ConclusionNote['state'],
  why: string,
  { time, venueTime }: Moment,
): OrderNews {
  const { instrument, clientOrderId } = order.request
  const base = { time, venueTime, instrument, clientOrderId }
  switch (state) {
    case 'accepted':
      note(core, order, state, why)
      return accountedFor({ kind: 'order_accepted', ...base })
    case 'rejected':
      note(core, order, state, `it never arrived: ${why}`)
      return accountedFor({ kind: 'order_rejected', ...base, code: NEVER_ACCEPTED, message: why })
    case 'canceled':
      note(core, order, state, `it rested and is gone: ${why}`)
      return accountedFor({ kind: 'order_canceled', ...base, reason: 'vanished' })
  }
}

/** The fill that an account snapshot lists, which whoever reads the snapshot sees as well. */
export function executed(core: EngineCore, order: TrackedOrder, execution: ExecutionReport): OrderNews {
  const cumulative = order.filled.plus(execution.quantity) as Quantity
  return accountedFor<OrderFilled>({
    ...execution,
    kind: 'order_filled',
    time: core.now,
    clientOrderId: order.request.clientOrderId,
    cumulative,
    done: cumulative.gte(order.request.quantity),
  })
}

const accountedFor = <E extends OrderEvent>(event: E): Accounted<E> => event as Accounted<E>

function note(core: EngineCore, { request }: TrackedOrder, state: ConclusionNote['state'], message: string): void {
  if (!core.lasting) return
  const { clientOrderId, instrument } = request
  const { symbol } = instrument
  core.effects.push({
    kind: 'note',
    time: core.now,
    note: { kind: 'conclusion', symbol, clientOrderId, state, message },
  })
}
