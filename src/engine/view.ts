import type { Config } from '../config/schema.ts'
import type { ClusterTransition } from '../domain/cluster.ts'
import type { MarketView, Occasion } from '../domain/market-view.ts'
import type { EpochMs } from '../domain/unit.ts'
import { closeAgo, type SymbolState } from './symbol-state.ts'

export interface LiveView extends MarketView {
  time: EpochMs
  occasion: Occasion
  broken: readonly ClusterTransition[]
  rejected: readonly ClusterTransition[]
}

const NO_TRANSITIONS: readonly ClusterTransition[] = Object.freeze([])
const BASIS_POINT = 1e-4

/** Half the spread that is assumed for a symbol whose book is not known, a fraction of the price. */
const assumedHalfSpread = (config: Config, symbol: string): number =>
  (config.simulation.halfSpreadBp[symbol] ?? config.simulation.halfSpreadBp['default'] ?? 0) * BASIS_POINT

/** One window on a symbol's state, made once and read through, so that an evaluation allocates nothing. */
export function createView(state: SymbolState, config: Config, barMs: number): LiveView {
  const assumed = assumedHalfSpread(config, state.instrument.symbol)
  const ago = (n: number): number => closeAgo(state, n)
  return {
    instrument: state.instrument,
    barMs,
    time: state.priceTime,
    occasion: 'bar',
    broken: NO_TRANSITIONS,
    rejected: NO_TRANSITIONS,
    closeAgo: ago,
    get price() {
      return state.last
    },
    get mark() {
      return state.mark
    },
    get priceTime() {
      return state.priceTime
    },
    get atr() {
      return state.atr.value()
    },
    get emaFast() {
      return state.emaFast.value()
    },
    get emaSlow() {
      return state.emaSlow.value()
    },
    get previousEmaFast() {
      return state.previousEmaFast
    },
    get previousEmaSlow() {
      return state.previousEmaSlow
    },
    get rsi() {
      return state.rsi?.value() ?? Number.NaN
    },
    get longClusters() {
      return state.tracker.longs
    },
    get shortClusters() {
      return state.tracker.shorts
    },
    get openInterest() {
      return state.openInterest
    },
    get fundingRate() {
      return state.fundingRate
    },
    get halfSpreadRatio() {
      return state.ask > state.bid ? (state.ask - state.bid) / (state.ask + state.bid) : assumed
    },
    get bookKnown() {
      return state.ask > state.bid
    },
    get health() {
      return state.health.health(this.time)
    },
    get anchoring() {
      return state.health.anchoring
    },
    get snapshotAsOf() {
      return state.snapshot?.asOf ?? null
    },
  }
}
