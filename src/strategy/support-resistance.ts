import type { Config } from '../config/schema.ts'
import type { Candidate } from '../domain/candidate.ts'
import { distanceRatio, nearEdge, type Cluster } from '../domain/cluster.ts'
import type { MarketView } from '../domain/market-view.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import type { ClusterSide, Direction } from '../domain/side.ts'
import { better, byDistance, settleSides, type Choice } from './choice.ts'
import { priceCandidate } from './price-candidate.ts'
import { stopBeyondZone } from './stop.ts'
import { NO_CANDIDATES, type Strategy } from './strategy.ts'
import { cappedTarget, nextZone } from './target.ts'
import { percentText } from './wording.ts'
import { anchorOf, inUniverse, openInterestRefusal, strengthRefusal, zoneText } from './zone-gate.ts'

/**
 * Trades away from a zone nearby: LONG at the highest long-liquidation zone below, SHORT at the lowest
 * short-liquidation zone above. With `confirmation: rejection` the price must have been in the zone and have left it
 * again the way it came. Where both sides call, the nearer decides.
 */
export function createSupportResistance(config: Config): Strategy {
  const own = config.strategies.supportResistance
  const universeRatio = config.heatmap.maxDistancePct / 100
  const proximity = own.proximityPct / 100

  const isNear = (zone: Cluster, price: number): boolean =>
    zone.side === 'long' ? price <= nearEdge(zone) * (1 + proximity) : price >= nearEdge(zone) * (1 - proximity)

  /** The nearest zone within reach that is strong enough; failing that the nearest of unknown or too little strength. */
  function nearest(view: MarketView, zones: readonly Cluster[]): Cluster | null {
    let spare: Cluster | null = null
    for (const zone of zones) {
      if (!(distanceRatio(zone, view.price) < universeRatio) || !isNear(zone, view.price)) break
      if (!inUniverse(zone, config.heatmap)) continue
      if (zone.strength !== null && zone.strength >= own.minStrength) return zone
      spare ??= zone
    }
    return spare
  }

  function judge(view: MarketView, zone: Cluster, confirmed: boolean): Choice {
    const distance = distanceRatio(zone, view.price)
    const refusals: Refusal[] = []
    const weak = strengthRefusal(zone.strength, own.minStrength)
    if (weak) refusals.push(weak)
    if (!isNear(zone, view.price)) {
      const message = `${percentText(distance)} away, at most ${own.proximityPct} % asked`
      refusals.push(refusal('TOO_FAR', message, { distance, max: proximity }))
    }
    const small = openInterestRefusal(view, zone.notionalUsd, own, config.heatmap)
    if (small) refusals.push(small)
    if (!confirmed) {
      const message =
        zone.state === 'touched'
          ? 'the price is in the zone and has not left it'
          : 'the price has not turned at the zone'
      refusals.push(refusal('NOT_CONFIRMED', message, { touchCount: zone.touchCount }))
    }
    return { zone, distanceRatio: distance, refusals }
  }

  /** The nearest zone of this side that the price was seen to turn at. */
  function rejectedZone(view: MarketView, side: ClusterSide, zones: readonly Cluster[]): Choice | null {
    let best: Choice | null = null
    for (const transition of view.rejected) {
      if (transition.kind !== 'rejected' || !transition.observed || transition.cluster.side !== side) continue
      const zone = zones.find((live) => live.id === transition.cluster.id)
      if (!zone || !(distanceRatio(zone, view.price) < universeRatio) || !inUniverse(zone, config.heatmap)) continue
      best = better(best, judge(view, zone, true), byDistance)
    }
    return best
  }

  function choose(view: MarketView, side: ClusterSide, zones: readonly Cluster[]): Choice | null {
    const needsRejection = own.confirmation === 'rejection'
    if (needsRejection && view.rejected.length > 0) {
      const rejected = rejectedZone(view, side, zones)
      if (rejected) return rejected
    }
    const zone = nearest(view, zones)
    return zone && judge(view, zone, !needsRejection)
  }

  function candidate(view: MarketView, direction: Direction, { zone, refusals }: Choice): Candidate {
    const stop = stopBeyondZone(view, direction, zone, config.stop)
    const opposing = nextZone(view, direction, own.minStrength)
    const draft = {
      strategy: 'support_resistance',
      direction,
      anchor: anchorOf(zone, view.price),
      stop,
      target: cappedTarget(view, direction, stop.price, opposing, own.maxTargetR, config.target),
      confidence: zone.strength ?? 0,
      reason: `${direction === 'LONG' ? 'support' : 'resistance'} of the ${zoneText(zone, view.price)}`,
      refusals,
      gated: true,
    } as const
    return priceCandidate(view, draft, config)
  }

  return {
    name: 'support_resistance',
    number: 2,
    usesHeatmap: true,
    propose(view) {
      if (view.occasion === 'break') return NO_CANDIDATES
      const support = choose(view, 'long', view.longClusters)
      const resistance = choose(view, 'short', view.shortClusters)
      if (support === null && resistance === null) return NO_CANDIDATES
      settleSides(support, resistance, byDistance)
      const out: Candidate[] = []
      if (support) out.push(candidate(view, 'LONG', support))
      if (resistance) out.push(candidate(view, 'SHORT', resistance))
      return out
    },
  }
}
