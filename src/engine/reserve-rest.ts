import { numberOf } from '../domain/decimal.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import type { ExposureBook } from '../risk/exposure.ts'

/** Counts what may still fill of an entry, unless it counts already. */
export function reserveRest(exposure: ExposureBook, { request, filled }: TrackedOrder): void {
  const { clientOrderId, leg, price, leverage } = request
  const rest = request.quantity.minus(filled) as typeof request.quantity
  if (leg !== 'entry' || price === undefined || leverage === undefined || !rest.gt(0)) return
  if (!exposure.has(clientOrderId)) exposure.reserve({ ...request, quantity: rest }, numberOf(price), leverage)
}
