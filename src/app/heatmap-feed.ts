import type { OpenInterest } from '../domain/cluster.ts'
import type { SymbolState } from '../engine/symbol-state.ts'
import type { HeatmapProvider, HeatmapView } from '../server/heatmap-provider.ts'

/** The tracked maps of an engine's symbols, for serving. */
export function heatmapProvider(states: readonly SymbolState[]): HeatmapProvider {
  const clustersOf = ({ tracker }: SymbolState) => [...tracker.longs, ...tracker.shorts]
  return {
    symbols: () => states.map(({ instrument }) => instrument.symbol),
    heatmap(symbol): HeatmapView | undefined {
      const state = states.find(({ instrument }) => instrument.symbol === symbol)
      if (!state) return undefined
      const price = Number.isNaN(state.last) ? null : state.last
      return { symbol, price, clusters: clustersOf(state), asOf: state.snapshot?.asOf ?? null }
    },
    stats() {
      const openInterest: Record<string, OpenInterest> = {}
      for (const { instrument, openInterest: known } of states) if (known) openInterest[instrument.symbol] = known
      const updates = states.flatMap(({ snapshot }) => (snapshot ? [snapshot.asOf] : []))
      return {
        openInterest,
        totalClusters: states.reduce((sum, state) => sum + clustersOf(state).length, 0),
        activeSymbols: updates.length,
        lastUpdate: updates.length === 0 ? null : updates.reduce((a, b) => (b > a ? b : a)),
      }
    },
  }
}
