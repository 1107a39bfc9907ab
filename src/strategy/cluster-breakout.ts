import type { Config } from '../config/schema.ts'
import type { Candidate } from '../domain/candidate.ts'
import { farEdge, type ClusterTransition } from '../domain/cluster.ts'
import type { MarketView } from '../domain/market-view.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { sign, type Direction } from '../domain/side.ts'
import { better, byStrength, settleSides, type Choice } from './choice.ts'
import { priceCandidate } from './price-candidate.ts'
import { stopBeyondZone } from './stop.ts'
import { NO_CANDIDATES, type Strategy } from './strategy.ts'
import { nextZone, windowedTarget } from './target.ts'
import { priceText, secondsText } from './wording.ts'
import { anchorOf, inUniverse, openInterestRefusal, strengthRefusal, zoneText } from './zone-gate.ts'

/**
 * Goes with a zone that the mark has crossed before our eyes: a broken long-liquidation zone is followed SHORT, a
 * broken short-liquidation zone LONG. With `closed_bar` breaks are judged when a state bar closes and at no other
 * evaluation, so they must still be in the view then.
 */
export function createClusterBreakout(config: Config): Strategy {
  const own = config.strategies.clusterBreakout
  const window = { minR: own.minTargetR, maxR: own.maxTargetR }

  function closedBarGate(view: MarketView, direction: Direction, edge: number): Refusal | null {
    const close = view.closeAgo(0)
    if (sign(direction) * (close - edge) > 0) return null
    const message = Number.isNaN(close)
      ? 'no closed bar yet'
      : `bar closed at ${priceText(close)}, not ${direction === 'LONG' ? 'above' : 'below'} the far edge ${priceText(edge)}`
    return refusal('NOT_CONFIRMED', message, { close, edge })
  }

  function judge(view: MarketView, direction: Direction, transition: ClusterTransition): Choice {
    const zone = transition.cluster
    const refusals: Refusal[] = []
    const weak = strengthRefusal(zone.strength, own.minStrength)
    if (weak) refusals.push(weak)
    const small = openInterestRefusal(view, zone.notionalUsd, own, config.heatmap)
    if (small) refusals.push(small)
    const age = view.time - transition.time
    const limit = own.maxEntryLagBars * view.barMs
    if (!transition.observed) {
      refusals.push(refusal('STALE_BREAK', 'the break happened while our own data was stale', { age, limit }))
    } else if (age > limit) {
      refusals.push(
        refusal('STALE_BREAK', `broke ${secondsText(age)} ago, at most ${secondsText(limit)}`, { age, limit }),
      )
    }
    if (own.closedBar) {
      const open = closedBarGate(view, direction, farEdge(zone))
      if (open) refusals.push(open)
    }
    return { zone, distanceRatio: Math.abs(view.price - farEdge(zone)) / view.price, refusals }
  }

  function choose(view: MarketView, direction: Direction): Choice | null {
    let best: Choice | null = null
    for (const transition of view.broken) {
      const { kind, cluster } = transition
      if (kind !== 'broken' || cluster.side !== (direction === 'LONG' ? 'short' : 'long')) continue
      if (inUniverse(cluster, config.heatmap)) best = better(best, judge(view, direction, transition), byStrength)
    }
    return best
  }

  function candidate(view: MarketView, direction: Direction, { zone, refusals }: Choice): Candidate {
    // The former near edge is the adverse one now that the price is through.
    const stop = stopBeyondZone(view, direction, zone, config.stop)
    const next = nextZone(view, direction, own.minStrength)
    const draft = {
      strategy: 'cluster_breakout',
      direction,
      anchor: anchorOf(zone, view.price),
      stop,
      target: windowedTarget(view, direction, stop.price, next, window, config.target),
      confidence: zone.strength ?? 0,
      reason: `follows the break of the ${zoneText(zone, view.price)}`,
      refusals,
      gated: true,
    } as const
    return priceCandidate(view, draft, config)
  }

  return {
    name: 'cluster_breakout',
    number: 3,
    usesHeatmap: true,
    propose(view) {
      if (view.broken.length === 0 || (own.closedBar && view.occasion !== 'bar')) return NO_CANDIDATES
      const up = choose(view, 'LONG')
      const down = choose(view, 'SHORT')
      if (up === null && down === null) return NO_CANDIDATES
      settleSides(up, down, byStrength)
      const out: Candidate[] = []
      if (up) out.push(candidate(view, 'LONG', up))
      if (down) out.push(candidate(view, 'SHORT', down))
      return out
    },
  }
}
