import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { notConfigured, type Rule } from '../rule.ts'

/** A limit rounded to the tick may stand this share of a tick beyond the collar: the noise of binary fractions. */
const NOISE_TICKS = 1e-6

/** The order's limit, and the price its signal was made at, stand close to the mark. */
export function priceCollar(config: Pick<Config, 'risk'>): Rule {
  const pct = config.risk.priceCollarPct
  if (pct === null) return notConfigured('risk.price_collar_pct')
  return {
    code: 'PRICE_COLLAR',
    needs: 'figures',
    check({ request, limit, mark }) {
      const widest = (mark * pct) / 100 + request.order.instrument.tick * NOISE_TICKS
      const distance = Math.max(Math.abs(limit - mark), Math.abs(request.entry - mark))
      if (distance <= widest) return undefined
      const distancePct = (distance / mark) * 100
      return refusal('PRICE_COLLAR', `price ${distancePct.toFixed(3)} % from the mark ${mark}, limit ${pct} %`, {
        distancePct,
        mark,
        limitPct: pct,
      })
    },
  }
}
