import type { Config } from '../config/schema.ts'
import type { Direction } from '../domain/side.ts'
import type { EpochMs } from '../domain/unit.ts'
import { confirmationRefusals } from './confirmation.ts'
import { stopAtRatio, targetAtRatio } from './fixed-distance.ts'
import { priceCandidate } from './price-candidate.ts'
import { NO_CANDIDATES, type Strategy } from './strategy.ts'

/** One entry of a placebo run. */
export interface ScriptedEntry {
  readonly time: EpochMs
  readonly direction: Direction
  /** Distances from the entry price, as fractions of it. */
  readonly stopRatio: number
  readonly targetRatio: number
}

/** Index of the last entry not after `time`; −1 when there is none. */
function lastNotAfter(plan: readonly ScriptedEntry[], time: number): number {
  let low = 0
  let high = plan.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (plan[middle]!.time <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

/**
 * Enters at given times in given directions. An entry fires at the first closed-bar evaluation at or after its time.
 * @param plan ascending in time, at most one entry per state bar (of two the later one is taken)
 * @param confirmed whether the technical confirmation applies, as for placebo times that must pass the same gates
 */
export function createScripted(plan: readonly ScriptedEntry[], config: Config, confirmed = false): Strategy {
  for (let i = 1; i < plan.length; i++) {
    if (plan[i]!.time < plan[i - 1]!.time) throw new RangeError(`scripted plan: entry ${i} lies before entry ${i - 1}`)
  }
  return {
    name: 'scripted',
    number: 5,
    usesHeatmap: false,
    propose(view) {
      if (view.occasion !== 'bar') return NO_CANDIDATES
      const entry = plan[lastNotAfter(plan, view.time)]
      if (entry === undefined || entry.time <= view.time - view.barMs) return NO_CANDIDATES
      const { direction } = entry
      const draft = {
        strategy: 'scripted',
        direction,
        anchor: null,
        stop: stopAtRatio(view, direction, entry.stopRatio),
        target: targetAtRatio(view, direction, entry.targetRatio),
        confidence: 0,
        reason: 'planned entry',
        refusals: confirmed ? confirmationRefusals(view, direction, config.confirmation) : [],
        gated: false,
      } as const
      return [priceCandidate(view, draft, config)]
    },
  }
}
