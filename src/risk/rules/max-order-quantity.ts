import type { Config } from '../../config/schema.ts'
import { compare } from '../../domain/exact.ts'
import { refusal } from '../../domain/refusal.ts'
import type { Rule } from '../rule.ts'

/** An order's quantity: the configured limit, and the venue's own in any case. */
export function maxOrderQuantity(config: Pick<Config, 'risk'>): Rule {
  const configured = config.risk.maxOrderQuantity ?? Number.POSITIVE_INFINITY
  return {
    code: 'MAX_ORDER_QUANTITY',
    needs: 'figures',
    check(entry) {
      const { order } = entry.request
      if (entry.quantity <= configured && compare(order.quantity, order.instrument.maxQuantity) <= 0) return undefined
      const limit = Math.min(configured, order.instrument.maxQuantity.toNumber())
      return refusal('MAX_ORDER_QUANTITY', `order quantity ${entry.quantity}, limit ${limit}`, {
        quantity: entry.quantity,
        limit,
      })
    },
  }
}
