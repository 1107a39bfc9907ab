import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { liquidationDistance } from '../own-liquidation.ts'
import { notConfigured, type Rule } from '../rule.ts'

/** Our own liquidation lies well beyond the stop, even after the longest holding time's funding. */
export function ownLiquidationDistance(config: Pick<Config, 'risk' | 'entry' | 'exchange'>): Rule {
  const least = config.risk.liquidationDistanceRatio
  if (least === null) return notConfigured('risk.liquidation_distance_ratio')
  const { maxHoldingHours } = config.entry
  const cross = config.exchange.marginMode === 'cross'
  return {
    code: 'OWN_LIQUIDATION',
    needs: 'figures',
    check({ request, quantity }, context) {
      const { direction, entry, stop, fundingRate, leverage } = request
      const distance = liquidationDistance(
        {
          direction,
          entry,
          stop,
          quantity,
          fundingRate,
          maxHoldingHours,
          crossEquity: cross ? context.equity : null,
          tiers: request.order.instrument.marginTiers,
        },
        leverage,
      )
      if (distance >= least) return undefined
      return refusal(
        'OWN_LIQUIDATION',
        `own liquidation ${distance.toFixed(2)} stop distances away, at least ${least} wanted`,
        { distance, least },
      )
    },
  }
}
