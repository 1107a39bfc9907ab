import type { Config } from '../config/schema.ts'
import type { Instrument } from '../domain/instrument.ts'
import { SECOND_MS } from '../domain/time.ts'
import type { SnapshotTransform, SymbolParts } from '../engine/symbol-state.ts'
import { createEstimator, type Estimator } from '../heatmap/estimator/estimator.ts'
import { createFeedHealth, WARMING_LIMIT_MS } from '../heatmap/feed-health.ts'
import { createTracker } from '../heatmap/tracker.ts'

const BASIS_POINT = 1e-4

/** Makes the estimator of one symbol, fed with bars of `barMs`. */
export type EstimatorFactory = (instrument: Instrument, barMs: number) => Estimator

export const freshEstimators =
  (config: Config): EstimatorFactory =>
  (instrument, barMs) =>
    createEstimator({ instrument, config: config.estimator, barMs })

/** The heatmap's side of one symbol, as its source needs it. A run in which no strategy looks at it has no estimator. */
export function symbolParts(
  config: Config,
  instrument: Instrument,
  barMs: number,
  needsHeatmap: boolean,
  transform: SnapshotTransform | null,
  estimators: EstimatorFactory = freshEstimators(config),
): SymbolParts {
  const { heatmap, estimator } = config
  const own = heatmap.source === 'estimator'
  const birthGapRatio = estimator.binWidthBp * BASIS_POINT
  return {
    estimator: own && needsHeatmap ? estimators(instrument, barMs) : null,
    transform,
    tracker: createTracker({ instrument, identity: own ? 'source' : 'match', birthGapRatio }),
    display: createTracker({ instrument, identity: 'none', birthGapRatio }),
    health: createFeedHealth({
      staleAfterMs: heatmap.staleAfterSecs * SECOND_MS,
      frozenAfterPolls: heatmap.frozenAfterPolls,
      frozenPriceMoveRatio: heatmap.frozenPriceMoveBp * BASIS_POINT,
      sizesFrozenAfterMs: heatmap.sizesFrozenAfterSecs * SECOND_MS,
      priceCollarRatio: heatmap.priceCollarPct / 100,
      recoverySnapshots: heatmap.recoverySnapshots,
      warmingLimitMs: own ? Number.POSITIVE_INFINITY : WARMING_LIMIT_MS,
      // Our own map is built on an absolute grid of prices.
      assertAbsolute: own || heatmap.levels === 'absolute',
    }),
  }
}
