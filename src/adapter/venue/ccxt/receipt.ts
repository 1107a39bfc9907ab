import { ZERO } from '../../../domain/decimal.ts'
import type { OrderRequest } from '../../../domain/order.ts'
import type { EpochMs, Quantity } from '../../../domain/unit.ts'
import type { VenueOrder } from './dialect.ts'

/** An order whose placement was only received: what became of it is told by the stream, or by a question. */
export const receivedOrder = (
  order: OrderRequest,
  namespace: VenueOrder['namespace'],
  venueId: string,
  venueTime: EpochMs,
): VenueOrder => ({
  namespace,
  venueId,
  clientOrderId: order.clientOrderId,
  instrument: order.instrument,
  side: order.side,
  type: order.type,
  quantity: order.quantity,
  filled: ZERO as Quantity,
  price: order.price ?? null,
  triggerPrice: order.triggerPrice ?? null,
  reduceOnly: order.reduceOnly,
  status: 'open',
  childId: null,
  reason: 'received',
  forced: null,
  venueTime,
})
