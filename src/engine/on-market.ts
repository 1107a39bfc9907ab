import { clear } from '../domain/short-list.ts'
import type { ClusterTransition, LevelSnapshot } from '../domain/cluster.ts'
import type { BarEvent, HeatmapEvent, OpenInterestEvent, PriceEvent } from '../domain/event.ts'
import { epochMs, type EpochMs } from '../domain/unit.ts'
import { alert, flush, schedule, type EngineCore, stateOf } from './core.ts'
import { evaluate } from './evaluate.ts'
import { guardEquity } from './guard.ts'
import { breakEvenTrigger, manageAtBar, moveToBreakEven } from './manage.ts'
import type { SnapshotVerdict } from '../heatmap/feed-health.ts'
import { tellRecovery, tellTrouble } from './heatmap-trouble.ts'
import { pushClose, type SymbolState } from './symbol-state.ts'

/** A silent heatmap is worth waking somebody after this long; exits and stops never depended on it. */
const SILENT_HEATMAP_MS = 4 * 3_600_000
const MINUTE_MS = 60_000
/** A venue's clock may be so far behind before anybody is alarmed; what lies further back was late in coming. */
const CLOCK_TOLERANCE_MS = 1_000
/** Weight of the newest bar in the average volume. */
const VOLUME_WEIGHT = 0.1
/** Bars missing in a row after which what was tracked is stale. */
const LATE_BARS = 2

export function handlePrice(core: EngineCore, event: PriceEvent): void {
  const state = stateOf(core, event.instrument)
  const { account } = core
  const index = event.instrument.index
  const silence = event.time - state.priceTime
  const before = state.priceTime
  state.last = event.last
  state.mark = event.mark
  state.bid = event.bid
  state.ask = event.ask
  state.priceTime = event.time
  account.markTime[index] = Math.min(event.time, event.venueTime + CLOCK_TOLERANCE_MS)
  // Flat, too: what is opened next is worth what it costs now, not what the last position was left at.
  account.books.mark(event.instrument, event.mark)
  if (account.books.exposed) guardEquity(core)
  if (silence > core.priceGapMs) resume(core, state, before, event.time)
  trackPrice(core, state, event.mark, event.time)
  if (state.breakEvenAt === state.breakEvenAt && !core.warming) checkBreakEven(core, state)
}

/** Prices were silent for too long: what was crossed meanwhile is broken, but nobody saw it. */
function resume(core: EngineCore, state: SymbolState, since: EpochMs, now: EpochMs): void {
  remember(core, state, state.tracker.markStale(since, state.mark))
  remember(core, state, state.tracker.markRecovered(now, state.mark))
}

function trackPrice(core: EngineCore, state: SymbolState, mark: number, time: EpochMs): void {
  const { tracker } = state
  if (mark > tracker.watchLow && mark < tracker.watchHigh) return
  const transitions = tracker.onPrice(mark, time, state.atr.value())
  if (transitions.length === 0) return
  const broke = remember(core, state, transitions)
  if (broke && !core.config.strategies.clusterBreakout.closedBar) evaluate(core, state, 'break')
}

/** Queues what strategies may act on; true when a break was among it. */
function remember(core: EngineCore, state: SymbolState, transitions: readonly ClusterTransition[]): boolean {
  let broke = false
  for (const transition of transitions) {
    if (core.noteTransitions) {
      core.effects.push({
        kind: 'note',
        time: core.now,
        note: { kind: 'transition', symbol: state.instrument.symbol, transition },
      })
    }
    if (transition.kind === 'broken' && transition.observed) {
      state.broken.push(transition)
      broke = true
    } else if (transition.kind === 'rejected') state.rejected.push(transition)
  }
  return broke
}

function checkBreakEven(core: EngineCore, state: SymbolState): void {
  const { trade } = state
  if (!trade || (trade.direction === 'LONG' ? state.mark < state.breakEvenAt : state.mark > state.breakEvenAt)) return
  moveToBreakEven(trade, core.views[state.instrument.index]!, core.config, core.instructions)
  // Asked again at the next price when there was no room yet; never again once it has moved.
  if (trade.breakEven) state.breakEvenAt = breakEvenTrigger(trade, core.config.stop)
  flush(core)
}

/**
 * The bar's last price, where the feed left out the prices of its path because they were quiet. True when the loss
 * limits have seen it.
 */
function closePrice(core: EngineCore, state: SymbolState, bar: BarEvent): boolean {
  const { account } = core
  const { index } = bar.instrument
  const time = epochMs(bar.closeTime - 1)
  state.last = bar.close
  state.mark = bar.close
  state.priceTime = time
  account.markTime[index] = time
  account.books.mark(bar.instrument, bar.close)
  if (!account.books.exposed) return false
  guardEquity(core)
  return true
}

/** A closed bar: indicators, estimator, then the closed-bar rules and the evaluation. */
export function handleBar(core: EngineCore, bar: BarEvent): void {
  const state = stateOf(core, bar.instrument)
  const barMs = bar.closeTime - bar.openTime
  if (bar.openTime - state.lastBarClose > LATE_BARS * barMs && state.lastBarClose > 0)
    resume(core, state, state.lastBarClose, bar.time)
  state.lastBarClose = bar.closeTime
  const guarded = !core.ticks && state.priceTime < bar.closeTime - 1 && closePrice(core, state, bar)
  if (bar.fundingRate === bar.fundingRate) state.fundingRate = bar.fundingRate
  if (bar.openInterest > 0) {
    const known = bar.longShortRatio > 0
    state.openInterest = {
      asOf: bar.time,
      totalUsd: bar.openInterest * bar.close,
      longUsd: null,
      shortUsd: null,
      ratio: known ? bar.longShortRatio : null,
      ratioKind: known ? 'account' : 'unknown',
    }
  }
  const hour = state.hourBars.update(bar)
  if (hour) state.atr.update(hour.high, hour.low, hour.close)
  const closed = state.stateBars.update(bar)
  if (closed) {
    pushClose(state, closed.close)
    state.previousEmaFast = state.emaFast.value()
    state.previousEmaSlow = state.emaSlow.value()
    state.emaFast.update(closed.close)
    state.emaSlow.update(closed.close)
    state.rsi?.update(closed.close)
  }
  const perMinute = (bar.volume / barMs) * MINUTE_MS
  state.minuteVolume =
    state.minuteVolume > 0 ? state.minuteVolume + VOLUME_WEIGHT * (perMinute - state.minuteVolume) : perMinute
  const snapshot = state.estimator?.onBar(bar)
  if (snapshot) takeSnapshot(core, state, snapshot)
  if (core.warming) {
    clear(state.broken)
    clear(state.rejected)
    return
  }
  if (!closed) return
  // Without a position nothing else looks at the day's end, and with it at the latches that end there.
  if (!guarded) guardEquity(core)
  const { trade } = state
  if (trade) {
    const view = core.views[state.instrument.index]!
    view.time = core.now
    const leaving = trade.exitId !== null
    manageAtBar(trade, state, view, core.config, core.instructions)
    if (!leaving && trade.exitId !== null) trade.exitDecidedAt = core.now
    flush(core)
  }
  evaluate(core, state, 'bar')
  clear(state.rejected)
  // A break that ends a trade may carry the next one: it is looked at again when that exit has filled.
  if (!trade || trade.exitId === null) clear(state.broken)
}

export function handleOpenInterest(core: EngineCore, event: OpenInterestEvent): void {
  const state = stateOf(core, event.instrument)
  const { openInterest } = event
  // A ratio that comes less often than the total stays what it was.
  const ratio = openInterest.ratio ?? state.openInterest?.ratio ?? null
  const ratioKind = openInterest.ratio === null ? (state.openInterest?.ratioKind ?? 'unknown') : openInterest.ratioKind
  state.openInterest = { ...openInterest, ratio, ratioKind }
}

/** A snapshot from outside. */
export function handleHeatmap(core: EngineCore, event: HeatmapEvent): void {
  const state = stateOf(core, event.instrument)
  if (event.snapshot.openInterest) state.openInterest = event.snapshot.openInterest
  const verdict = takeSnapshot(core, state, event.snapshot)
  // Before the first price of our own there is nothing to judge a map by, and nothing to tell.
  if (!verdict.accepted) return state.mark > 0 ? tellTrouble(core, state, verdict.reason.message) : undefined
  tellRecovery(core, state)
  if (!core.warming) evaluate(core, state, 'snapshot')
}

/** Health first, then identity and states: nothing of a snapshot that the feed's health would not have is taken. */
function takeSnapshot(core: EngineCore, state: SymbolState, raw: LevelSnapshot): SnapshotVerdict {
  const atr = state.atr.value()
  const snapshot = state.transform ? state.transform(raw, state.mark, atr) : raw
  const verdict = state.health.onSnapshot(snapshot, state.mark, core.now)
  if (!verdict.accepted) return verdict
  state.snapshot = snapshot
  if (state.health.anchoring === 'spot_anchored' && state.tracker !== state.display) {
    alert(
      core,
      'warning',
      'SPOT_ANCHORED',
      `${state.instrument.symbol}: the heatmap's levels follow the price one for one; no states, no breakouts`,
    )
    state.tracker = state.display
    clear(state.broken)
    clear(state.rejected)
  }
  remember(core, state, state.tracker.onSnapshot(snapshot, state.mark, atr))
  if (!core.warming) {
    schedule(
      core,
      `heatmap-silent:${state.instrument.symbol}`,
      snapshot.receivedAt + snapshot.intervalMs + SILENT_HEATMAP_MS,
    )
  }
  return verdict
}

export function handleSilentHeatmap(core: EngineCore, symbol: string): void {
  alert(
    core,
    'warning',
    'HEATMAP_SILENT',
    `${symbol}: no usable heatmap for more than 4 h; no entries, stops and targets stay as they are`,
  )
}
