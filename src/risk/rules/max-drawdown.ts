import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { equityFloor } from '../equity-guard.ts'
import { latchFor } from '../latch.ts'
import { notConfigured, usd, type Rule } from '../rule.ts'

/** Fall from the highest equity, open result included; latched until a person lifts it. */
export function maxDrawdown(config: Pick<Config, 'risk'>): Rule {
  const limitPct = config.risk.maxDrawdownPct
  if (limitPct === null) return notConfigured('risk.max_drawdown_pct')
  return {
    code: 'MAX_DRAWDOWN',
    needs: 'figures',
    check({ request }, context) {
      const latch = latchFor(context.latches, 'MAX_DRAWDOWN', request.order.instrument.symbol)
      if (latch) return refusal('MAX_DRAWDOWN', `latched: ${latch.reason}`, { since: latch.since })
      const { equity, highWaterEquity } = context
      if (equity > equityFloor(highWaterEquity, limitPct)) return undefined
      return refusal(
        'MAX_DRAWDOWN',
        `equity ${usd(equity)}, ${usd(highWaterEquity)} at its highest, limit ${limitPct} %`,
        {
          equity,
          highWaterEquity,
          limitPct,
        },
      )
    },
  }
}
