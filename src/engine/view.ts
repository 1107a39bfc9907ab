import type { Config } from '../config/schema.ts'
import type { Anchoring, Cluster, ClusterTransition, HeatmapHealth, OpenInterest } from '../domain/cluster.ts'
import type { Instrument } from '../domain/instrument.ts'
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

/**
 * One window on a symbol's state, made once and read through, so that an evaluation allocates nothing. A class, because
 * V8 keeps a literal with getters as a dictionary: each figure would be searched for instead of read.
 */
class StateView implements LiveView {
  readonly instrument: Instrument
  readonly barMs: number
  time: EpochMs
  occasion: Occasion = 'bar'
  broken: readonly ClusterTransition[] = NO_TRANSITIONS
  rejected: readonly ClusterTransition[] = NO_TRANSITIONS
  readonly #state: SymbolState
  readonly #assumedHalfSpread: number

  constructor(state: SymbolState, assumedHalfSpreadRatio: number, barMs: number) {
    this.instrument = state.instrument
    this.barMs = barMs
    this.time = state.priceTime
    this.#state = state
    this.#assumedHalfSpread = assumedHalfSpreadRatio
  }

  closeAgo(n: number): number {
    return closeAgo(this.#state, n)
  }

  get price(): number {
    return this.#state.last
  }

  get mark(): number {
    return this.#state.mark
  }

  get priceTime(): EpochMs {
    return this.#state.priceTime
  }

  get atr(): number {
    return this.#state.atr.value()
  }

  get emaFast(): number {
    return this.#state.emaFast.value()
  }

  get emaSlow(): number {
    return this.#state.emaSlow.value()
  }

  get previousEmaFast(): number {
    return this.#state.previousEmaFast
  }

  get previousEmaSlow(): number {
    return this.#state.previousEmaSlow
  }

  get rsi(): number {
    return this.#state.rsi?.value() ?? Number.NaN
  }

  get longClusters(): readonly Cluster[] {
    return this.#state.tracker.longs
  }

  get shortClusters(): readonly Cluster[] {
    return this.#state.tracker.shorts
  }

  get openInterest(): OpenInterest | null {
    return this.#state.openInterest
  }

  get fundingRate(): number {
    return this.#state.fundingRate
  }

  get halfSpreadRatio(): number {
    const { ask, bid } = this.#state
    return ask > bid ? (ask - bid) / (ask + bid) : this.#assumedHalfSpread
  }

  get bookKnown(): boolean {
    return this.#state.ask > this.#state.bid
  }

  get health(): HeatmapHealth {
    return this.#state.health.health(this.time)
  }

  get anchoring(): Anchoring {
    return this.#state.health.anchoring
  }

  get snapshotAsOf(): EpochMs | null {
    return this.#state.snapshot?.asOf ?? null
  }
}

export const createView = (state: SymbolState, config: Config, barMs: number): LiveView =>
  new StateView(state, assumedHalfSpread(config, state.instrument.symbol), barMs)
