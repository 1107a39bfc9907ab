import type { Config } from '../../config/schema.ts'
import { refusal } from '../../domain/refusal.ts'
import { roomFor } from '../exposure.ts'
import { notConfigured, usd, type Rule } from '../rule.ts'
import { valueLimit } from '../value-limit.ts'

/** The symbol's position if every working and unknown entry filled, this one included. */
export function maxPosition(config: Pick<Config, 'risk' | 'exchange'>): Rule {
  const { maxPositionUsd, maxPositionRatio } = config.risk
  if (maxPositionUsd === null && maxPositionRatio === null)
    return notConfigured('risk.max_position_usd', 'risk.max_position_ratio')
  const wanted = config.exchange.leverage
  return {
    code: 'MAX_POSITION',
    needs: 'figures',
    check(entry, context) {
      const i = entry.index
      const { direction, leverage } = entry.request
      const limit = valueLimit(maxPositionUsd, maxPositionRatio, context.equity, Math.min(wanted, leverage))
      const room = roomFor(
        direction,
        context.positionNotional[i]!,
        context.workingBuyNotional[i]!,
        context.workingSellNotional[i]!,
        limit,
      )
      if (entry.value <= room) return undefined
      return refusal(
        'MAX_POSITION',
        `order value ${usd(entry.value)}, room ${usd(Math.max(0, room))} under a position limit of ${usd(limit)}`,
        {
          value: entry.value,
          room,
          limit,
        },
      )
    },
  }
}
