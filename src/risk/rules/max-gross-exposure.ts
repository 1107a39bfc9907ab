import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { roomFor, worstGross, worstNotional } from '../exposure.ts'
import { notConfigured, usd, type Rule } from '../rule.ts'

/** All positions together if every working and unknown entry filled, this one included, against equity. */
export function maxGrossExposure(config: Pick<Config, 'risk'>): Rule {
  const ratio = config.risk.maxGrossExposureRatio
  if (ratio === null) return notConfigured('risk.max_gross_exposure_ratio')
  return {
    code: 'MAX_GROSS_EXPOSURE',
    needs: 'figures',
    check(entry, context) {
      const { positionNotional: positions, workingBuyNotional: buys, workingSellNotional: sells } = context
      const i = entry.index
      const limit = ratio * context.equity
      const others = worstGross(positions, buys, sells) - worstNotional(positions[i]!, buys[i]!, sells[i]!)
      const room = roomFor(entry.request.direction, positions[i]!, buys[i]!, sells[i]!, limit - others)
      if (entry.value <= room) return undefined
      return refusal(
        'MAX_GROSS_EXPOSURE',
        `order value ${usd(entry.value)}, room ${usd(Math.max(0, room))} under a gross limit of ${usd(limit)}`,
        {
          value: entry.value,
          room,
          limit,
        },
      )
    },
  }
}
