import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { notConfigured, usd, type Rule } from '../rule.ts'

/** A share of equity stays free after the order's margin. */
export function freeMargin(config: Pick<Config, 'risk'>): Rule {
  const ratio = config.risk.freeMarginRatio
  if (ratio === null) return notConfigured('risk.free_margin_ratio')
  return {
    code: 'FREE_MARGIN',
    needs: 'figures',
    check(entry, context) {
      const available = context.freeMargin - ratio * context.equity
      if (entry.value <= available * entry.request.leverage) return undefined
      const margin = entry.value / entry.request.leverage
      return refusal('FREE_MARGIN', `order margin ${usd(margin)}, available ${usd(available)}`, { margin, available })
    },
  }
}
