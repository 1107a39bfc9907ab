import type { Config } from '../../config/schema.ts'
import { maxLeverageAt } from '../../domain/liquidation.ts'
import { refusal } from '../../domain/refusal.ts'
import { notConfigured, type Rule } from '../rule.ts'

/** Leverage of the order's margin: the configured limit, and what the venue allows at this size. */
export function maxLeverage(config: Pick<Config, 'risk'>): Rule {
  const configured = config.risk.maxLeverage
  if (configured === null) return notConfigured('risk.max_leverage')
  return {
    code: 'MAX_LEVERAGE',
    needs: 'figures',
    check(entry) {
      const { leverage, order } = entry.request
      const limit = Math.min(configured, maxLeverageAt(entry.value, order.instrument.marginTiers))
      if (leverage <= limit) return undefined
      return refusal('MAX_LEVERAGE', `leverage ${leverage}, limit ${limit} for an order of ${entry.value.toFixed(2)}`, {
        leverage,
        limit,
      })
    },
  }
}
