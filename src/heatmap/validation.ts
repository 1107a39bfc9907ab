import type { Estimate, Random } from './validation/day-sums.ts'
import { logScore, type Baseline, type ScoredRange } from './validation/log-score.ts'
import { CLUSTER_SIDES, type Outlook } from './validation/outlook.ts'
import { traversalLift, type TraversalLift } from './validation/traversal-lift.ts'
import { traversalSlope, type Covariates } from './validation/traversal-regression.ts'

export interface ValidationOptions {
  /** What the map has to beat, by name. */
  readonly baselines: Readonly<Record<string, Baseline>>
  readonly range: ScoredRange
  readonly covariates?: Covariates
  /** Resamples of the bootstrap. */
  readonly draws: number
  readonly random: Random
}

/** Whether a map knew where liquidations would happen, beyond where the price went. Intervals are 95 %. */
export interface MapValidation {
  readonly outlooks: number
  /** Days with an outlook: the number of independent observations is no larger. */
  readonly days: number
  readonly liquidations: number
  readonly slope: Estimate
  readonly lift: TraversalLift
  /** Bits per liquidation against each baseline. */
  readonly logScore: Readonly<Record<string, Estimate>>
}

const NO_COVARIATES: Covariates = () => []

/** Judges published maps by what was liquidated within the horizon after each of them. */
export function validateMap(outlooks: readonly Outlook[], options: ValidationOptions): MapValidation {
  const { baselines, range, covariates = NO_COVARIATES, draws, random } = options
  let liquidations = 0
  for (const outlook of outlooks) {
    for (const side of CLUSTER_SIDES) {
      const { events } = outlook[side]
      for (let i = 0; i < events.length; i++) liquidations += events[i]!
    }
  }
  return {
    outlooks: outlooks.length,
    days: new Set(outlooks.map((outlook) => outlook.day)).size,
    liquidations,
    slope: traversalSlope(outlooks, covariates, draws, random),
    lift: traversalLift(outlooks, draws, random),
    logScore: Object.fromEntries(
      Object.entries(baselines).map(([name, baseline]) => [name, logScore(outlooks, baseline, range, draws, random)]),
    ),
  }
}
