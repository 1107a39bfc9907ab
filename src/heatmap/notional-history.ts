import type { LiquidationLevel } from '../domain/cluster.ts'

/** Recent notionals by side and tier, to tell an outlier from a large cluster. */
export interface NotionalHistory {
  isOutlier(level: LiquidationLevel): boolean
  add(levels: readonly LiquidationLevel[]): void
}

const OUTLIER_MULTIPLE = 20
const WINDOW = 120
/** Below this a median says nothing. */
const MIN_OBSERVATIONS = 10

const keyOf = (level: LiquidationLevel): string => `${level.side}:${Math.round(level.leverage ?? 0)}`

/** Notionals beyond 20 × the trailing median of their side and tier are outliers. At most 402 keys of 120 values. */
export function createNotionalHistory(): NotionalHistory {
  const recent = new Map<string, number[]>()
  return {
    isOutlier(level) {
      const values = recent.get(keyOf(level))
      if (level.notionalUsd === null || values === undefined || values.length < MIN_OBSERVATIONS) return false
      const median = values.toSorted((a, b) => a - b)[values.length >> 1]!
      return level.notionalUsd > OUTLIER_MULTIPLE * median
    },
    add(levels) {
      for (const level of levels) {
        if (level.notionalUsd === null) continue
        const key = keyOf(level)
        const values = recent.get(key) ?? []
        values.push(level.notionalUsd)
        if (values.length > WINDOW) values.shift()
        recent.set(key, values)
      }
    },
  }
}
