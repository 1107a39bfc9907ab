import type { Direction } from '../domain/side.ts'
import type { Trade } from '../domain/trade.ts'
import type { EpochMs } from '../domain/unit.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import type { EntryHistory } from '../strategy/entry-gate.ts'
import type { SymbolState } from './symbol-state.ts'

const MAX_ENTRIES = 64
const MINUTES_PER_HOUR = 60
/** Mean range of a random walk over the standard deviation of its steps' sum: √(8/π). */
const RANGE_TO_VOLATILITY = Math.sqrt(8 / Math.PI)

/** A window on a symbol's past for the entry gates; made once, read through. */
export function createEntryHistory(state: SymbolState, estimatorBarMs: number): EntryHistory {
  const { history } = state
  return {
    get position(): Direction | null {
      return state.trade?.direction ?? null
    },
    get lastExit() {
      return history.lastExit
    },
    lastStop: (direction) => history.lastStop[direction],
    entriesSince(time) {
      let count = 0
      for (let i = history.entries.length - 1; i >= 0 && history.entries[i]! >= time; i--) count++
      return count
    },
    clusterUsed: (id) => history.usedClusters.has(id),
    fired: (key) => history.fired.has(key),
    get feed() {
      return {
        snapshotIntervalMs: state.snapshot?.intervalMs ?? 0,
        snapshotLagMs: state.snapshot?.lagMs ?? 0,
        // The estimator's own open interest comes with the bars; a provider's has no rhythm of its own.
        openInterestIntervalMs: state.estimator ? estimatorBarMs : 0,
        openInterestLagMs: state.estimator ? (state.snapshot?.lagMs ?? 0) : 0,
      }
    },
    slippageRatio: Number.NaN,
    exposure: null,
  }
}

/** Expected impact of a taker order beyond half the spread: σ of one minute × √(size / volume of one minute). */
export function expectedSlippage(state: SymbolState, quantity: number): number {
  const hourly = state.atr.value() / state.last / RANGE_TO_VOLATILITY
  return (hourly / Math.sqrt(MINUTES_PER_HOUR)) * Math.sqrt(quantity / state.minuteVolume)
}

export function noteEntry(state: SymbolState, key: string, time: EpochMs): void {
  state.history.entries.push(time)
  if (state.history.entries.length > MAX_ENTRIES) state.history.entries.shift()
  state.history.fired.add(key)
}

/** A zone counts as traded once an entry at it was filled. */
export function noteUsedCluster(state: SymbolState, trade: OpenTrade): void {
  const { anchor } = trade.candidate
  if (!anchor) return
  const { usedClusters } = state.history
  // Ids are never used again, so that forgetting the oldest cannot let a living zone be traded twice.
  if (!usedClusters.has(anchor.id)) usedClusters.add(anchor.id)
}

export function noteExit(state: SymbolState, trade: Trade, decidedAt: EpochMs | null): void {
  state.history.lastExit = { time: trade.exitTime, reason: trade.exitReason, decidedAt }
  if (trade.exitReason === 'stop') state.history.lastStop[trade.direction] = trade.exitTime
}
