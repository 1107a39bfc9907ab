import { isMultipleOf } from '../../../domain/decimal.ts'
import type { OrderRequest } from '../../../domain/order.ts'

/** Why the venue would refuse the order for its digits: such a one is never sent. `null`: it would not. */
export function malformed({ instrument, quantity, price, triggerPrice }: OrderRequest): string | null {
  if (!isMultipleOf(quantity, instrument.lotSize)) return 'LOT_SIZE'
  if (price && !isMultipleOf(price, instrument.tickSize)) return 'TICK_SIZE'
  if (triggerPrice && !isMultipleOf(triggerPrice, instrument.tickSize)) return 'TICK_SIZE'
  return null
}
