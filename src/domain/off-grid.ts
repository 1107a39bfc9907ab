import { isMultipleOf } from './decimal.ts'
import type { OrderRequest } from './order.ts'

/** Which step of its contract the order's digits do not keep, as the contract is at present; `null`: they keep both. */
export function offGrid({ instrument, quantity, price, triggerPrice }: OrderRequest): 'LOT_SIZE' | 'TICK_SIZE' | null {
  if (!isMultipleOf(quantity, instrument.lotSize)) return 'LOT_SIZE'
  if (price && !isMultipleOf(price, instrument.tickSize)) return 'TICK_SIZE'
  if (triggerPrice && !isMultipleOf(triggerPrice, instrument.tickSize)) return 'TICK_SIZE'
  return null
}
