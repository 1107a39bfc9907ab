import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { equityFloor } from '../equity-guard.ts'
import { latchFor } from '../latch.ts'
import { notConfigured, usd, type Rule } from '../rule.ts'

/** Loss since the start of the UTC day, open result, fees and funding included; latched until the day is over. */
export function dailyLoss(config: Pick<Config, 'risk'>): Rule {
  const limitPct = config.risk.maxDailyLossPct
  if (limitPct === null) return notConfigured('risk.max_daily_loss_pct')
  return {
    code: 'DAILY_LOSS',
    needs: 'figures',
    check({ request }, context) {
      const latch = latchFor(context.latches, 'DAILY_LOSS', request.order.instrument.symbol)
      if (latch) return refusal('DAILY_LOSS', `latched: ${latch.reason}`, { since: latch.since })
      const { equity, dayStartEquity } = context
      if (equity > equityFloor(dayStartEquity, limitPct)) return undefined
      return refusal(
        'DAILY_LOSS',
        `equity ${usd(equity)}, ${usd(dayStartEquity)} at the start of the day, limit ${limitPct} %`,
        {
          equity,
          dayStartEquity,
          limitPct,
        },
      )
    },
  }
}
