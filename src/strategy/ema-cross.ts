import type { Config } from '../config/schema.ts'
import type { MarketView } from '../domain/market-view.ts'
import type { Direction } from '../domain/side.ts'
import { priceCandidate } from './price-candidate.ts'
import { NO_CANDIDATES, type Strategy } from './strategy.ts'
import { stopAtRatio, targetAtRatio } from './fixed-distance.ts'

function crossing(view: MarketView): Direction | null {
  const { emaFast, emaSlow, previousEmaFast, previousEmaSlow } = view
  if (previousEmaFast <= previousEmaSlow && emaFast > emaSlow) return 'LONG'
  if (previousEmaFast >= previousEmaSlow && emaFast < emaSlow) return 'SHORT'
  return null
}

/**
 * Plain momentum as a baseline: enters on the bar at which the fast average crosses the slow one, at fixed distances,
 * with neither cost gates nor confirmation.
 */
export function createEmaCross(config: Config): Strategy {
  const { stopPct, targetPct } = config.strategies.emaCross
  return {
    name: 'ema_cross',
    number: 4,
    usesHeatmap: false,
    propose(view) {
      const direction = view.occasion === 'bar' ? crossing(view) : null
      if (direction === null) return NO_CANDIDATES
      const draft = {
        strategy: 'ema_cross',
        direction,
        anchor: null,
        stop: stopAtRatio(view, direction, stopPct / 100),
        target: targetAtRatio(view, direction, targetPct / 100),
        confidence: 0,
        reason: `fast average crossed ${direction === 'LONG' ? 'above' : 'below'} the slow one`,
        refusals: [],
        gated: false,
      } as const
      return [priceCandidate(view, draft, config)]
    },
  }
}
