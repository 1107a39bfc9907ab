import type { Cluster, OpenInterest } from '../domain/cluster.ts'
import type { EpochMs } from '../domain/unit.ts'

/** One symbol's map as it stands. */
export interface HeatmapView {
  readonly symbol: string
  /** `null` while none is known. */
  readonly price: number | null
  readonly clusters: readonly Cluster[]
  /** When the clusters were last calculated; `null` before that. */
  readonly asOf: EpochMs | null
}

export interface HeatmapStats {
  readonly openInterest: Readonly<Record<string, OpenInterest>>
  readonly totalClusters: number
  readonly activeSymbols: number
  readonly lastUpdate: EpochMs | null
}

/** Where the served figures come from. */
export interface HeatmapProvider {
  symbols(): readonly string[]
  /** `undefined`: the symbol is not served. */
  heatmap(symbol: string): HeatmapView | undefined
  stats(): HeatmapStats
}
