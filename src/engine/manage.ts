import type { Config } from '../config/schema.ts'
import { numberOf } from '../domain/decimal.ts'
import { nearEdge, type Cluster } from '../domain/cluster.ts'
import { quotient, times, whole } from '../domain/exact.ts'
import type { ExitReason } from '../domain/trade.ts'
import type { Price } from '../domain/unit.ts'
import { exitAtMarket } from '../execution/exit.ts'
import type { Instruction } from '../execution/instruction.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import { protect } from '../execution/protect.ts'
import { tradeCosts } from '../strategy/cost.ts'
import { breakEvenStop } from '../strategy/stop-move.ts'
import { nearerTarget, targetAtZone } from '../strategy/target.ts'
import { closeAgo, type SymbolState } from './symbol-state.ts'
import type { LiveView } from './view.ts'

/** A target is not replaced for less: each replacement is two messages and a moment with two orders. */
const MIN_TARGET_MOVE_ATR = 0.1

/** What a cluster's fading is measured by: the best figure its source gives. */
export const clusterSize = (c: Pick<Cluster, 'mass' | 'notionalUsd' | 'strength'>): number =>
  c.mass ?? c.notionalUsd ?? c.strength ?? Number.NaN

/** An instrument's number as an exact price on its tick grid. */
const onTick = (trade: OpenTrade, value: number): Price =>
  times(whole(Math.round(value / trade.instrument.tick)), trade.instrument.tickSize) as Price

/** The price at which the break-even rule first has something to say; NaN when it never will. */
export function breakEvenTrigger(trade: OpenTrade, config: Config['stop']): number {
  if (config.breakEvenR === null || trade.breakEven) return Number.NaN
  const entry = numberOf(quotient(trade.entryCost, trade.entryQuantity))
  const distance = config.breakEvenR * Math.abs(entry - numberOf(trade.firstStop))
  return trade.direction === 'LONG' ? entry + distance : entry - distance
}

/** Moves the stop to entry plus costs once the trade is far enough ahead. */
export function moveToBreakEven(trade: OpenTrade, view: LiveView, config: Config, out: Instruction[]): void {
  if (trade.position.isZero() || trade.exitId !== null) return
  const entry = numberOf(quotient(trade.entryCost, trade.entryQuantity))
  const firstStop = numberOf(trade.firstStop)
  const moved = breakEvenStop(
    {
      direction: trade.direction,
      entry,
      firstStop,
      currentStop: numberOf(trade.stopPrice),
      price: view.mark,
      atr: view.atr,
      costs: tradeCosts(view, trade.direction, entry, entry, entry, config).toStop,
      tick: trade.instrument.tick,
    },
    config.stop,
  )
  if (moved === null) return
  trade.breakEven = true
  trade.stopPrice = onTick(trade, moved)
  protect(trade, out)
}

/** Why a closed state bar ends the trade, or `null`. */
function barExit(trade: OpenTrade, state: SymbolState, config: Config): ExitReason | null {
  const { anchor, targetClusterId } = trade.candidate
  const close = closeAgo(state, 0)
  if (config.entry.anchorExit && anchor) {
    // Only a zone the trade stands on can break against it; a hunt's zone lies ahead.
    const long = trade.direction === 'LONG'
    const behind = long ? anchor.priceMode < trade.candidate.entry : anchor.priceMode > trade.candidate.entry
    if (behind && (long ? close < anchor.priceLow : close > anchor.priceHigh)) return 'anchor_broken'
  }
  if (targetClusterId !== null && config.target.fadeRatio !== null) {
    const zone = state.tracker.find(targetClusterId)
    // One that is not known, as after a new start, has not faded: the trade keeps its stop and its target.
    if (!zone) return null
    if (zone.state === 'expired') return 'target_faded'
    if (clusterSize(zone) < config.target.fadeRatio * trade.targetSize) return 'target_faded'
  }
  return null
}

/** Closed-bar rules of an open trade: leave when its reason is gone, else let the target come nearer. */
export function manageAtBar(
  trade: OpenTrade,
  state: SymbolState,
  view: LiveView,
  config: Config,
  out: Instruction[],
): void {
  if (trade.position.isZero() || trade.exitId !== null) return
  const reason = barExit(trade, state, config)
  if (reason !== null) {
    exitAtMarket(trade, reason, out)
    return
  }
  const { targetClusterId } = trade.candidate
  const zone = targetClusterId === null ? undefined : state.tracker.find(targetClusterId)
  if (!zone?.active || nearEdge(zone) === numberOf(trade.targetPrice)) return
  const proposed = targetAtZone(view, trade.direction, zone, config.target)
  const nearer = nearerTarget(trade.direction, numberOf(trade.targetPrice), proposed, view.price)
  if (nearer === null || Math.abs(nearer - numberOf(trade.targetPrice)) < MIN_TARGET_MOVE_ATR * view.atr) return
  trade.targetPrice = onTick(trade, nearer)
  protect(trade, out)
}
