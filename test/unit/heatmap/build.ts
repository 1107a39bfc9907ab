import type { LevelSnapshot, LiquidationLevel } from '../../../src/domain/cluster.ts'
import type { ClusterSide } from '../../../src/domain/side.ts'
import { epochMs } from '../../../src/domain/unit.ts'

/** A level of the estimator's kind unless told otherwise. */
export function level(
  side: ClusterSide,
  low: number,
  high: number,
  rest: Partial<LiquidationLevel> = {},
): LiquidationLevel {
  return {
    id: `${side}-${low}`,
    parentIds: [],
    side,
    priceLow: low,
    priceMode: (low + high) / 2,
    priceHigh: high,
    notionalUsd: 1_000_000,
    mass: 100,
    strength: 0.6,
    leverage: null,
    ...rest,
  }
}

export function snapshot(
  levels: readonly LiquidationLevel[],
  at = 0,
  rest: Partial<LevelSnapshot> = {},
): LevelSnapshot {
  return {
    source: 'estimator@1',
    symbol: 'BTCUSDT',
    sequence: 0,
    asOf: epochMs(at),
    receivedAt: epochMs(at),
    intervalMs: 5_000,
    lagMs: 0,
    referencePrice: null,
    levels,
    quarantined: [],
    openInterest: null,
    sha256: null,
    ...rest,
  }
}
