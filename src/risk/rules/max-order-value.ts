import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { notConfigured, usd, type Rule } from '../rule.ts'
import { valueLimit } from '../value-limit.ts'

/** An order's value, the smaller of a fixed amount and a share of equity × leverage. */
export function maxOrderValue(config: Pick<Config, 'risk' | 'exchange'>): Rule {
  const { maxOrderUsd, maxOrderRatio } = config.risk
  if (maxOrderUsd === null && maxOrderRatio === null) return notConfigured('risk.max_order_usd', 'risk.max_order_ratio')
  const wanted = config.exchange.leverage
  return {
    code: 'MAX_ORDER_VALUE',
    needs: 'figures',
    check(entry, context) {
      const limit = valueLimit(maxOrderUsd, maxOrderRatio, context.equity, Math.min(wanted, entry.request.leverage))
      if (entry.value <= limit) return undefined
      return refusal('MAX_ORDER_VALUE', `order value ${usd(entry.value)}, limit ${usd(limit)}`, {
        value: entry.value,
        limit,
      })
    },
  }
}
