import type { Config } from '../config/schema.ts'
import type { Candidate } from '../domain/candidate.ts'
import { distanceRatio, nearEdge, type Cluster } from '../domain/cluster.ts'
import type { MarketView } from '../domain/market-view.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { sign, type Direction } from '../domain/side.ts'
import { better, byStrength, settleSides, type Choice } from './choice.ts'
import { huntStop } from './hunt-stop.ts'
import { priceCandidate } from './price-candidate.ts'
import { NO_CANDIDATES, type Strategy } from './strategy.ts'
import { targetAtZone, zonesAhead } from './target.ts'
import { hundredthText, percentText, priceText } from './wording.ts'
import { anchorOf, inUniverse, openInterestRefusal, strengthRefusal, zoneText } from './zone-gate.ts'

/**
 * Trades towards a strong zone nearby: a short-liquidation zone above is hunted LONG, a long-liquidation zone below
 * SHORT, and the zone is the target. The strongest zone is chosen; of equal ones the nearer.
 */
export function createLiquidationHunt(config: Config): Strategy {
  const hunt = config.strategies.liquidationHunt
  const universeRatio = config.heatmap.maxDistancePct / 100

  function distanceGates(view: MarketView, distance: number, out: Refusal[]): void {
    const max = hunt.maxDistancePct / 100
    if (!(distance < max)) {
      out.push(
        refusal('TOO_FAR', `${percentText(distance)} away, less than ${hunt.maxDistancePct} % asked`, {
          distance,
          max,
        }),
      )
    }
    if (hunt.maxDistanceAtr !== null) {
      const inAtr = (distance * view.price) / view.atr
      if (inAtr > hunt.maxDistanceAtr) {
        out.push(
          refusal('TOO_FAR', `${hundredthText(inAtr)} ATR away, at most ${hunt.maxDistanceAtr}`, {
            inAtr,
            max: hunt.maxDistanceAtr,
          }),
        )
      } else if (Number.isNaN(inAtr) && config.stop.noAtrBufferPct !== null) {
        // Where stops need an ATR too, their refusal says it.
        out.push(refusal('NO_ATR', 'no average true range yet to measure the distance by', { atr: null }))
      }
    }
    const min = hunt.minDistancePct / 100
    if (distance === 0) {
      out.push(refusal('TOO_NEAR', 'the price is in the zone: nothing is left of the way', { distance, min }))
    } else if (distance < min) {
      out.push(
        refusal('TOO_NEAR', `${percentText(distance)} away, at least ${hunt.minDistancePct} % asked`, {
          distance,
          min,
        }),
      )
    }
  }

  function movementGates(view: MarketView, direction: Direction, zone: Cluster, out: Refusal[]): void {
    if (hunt.untouched && (zone.state === 'touched' || zone.touchCount > 0)) {
      out.push(refusal('CLUSTER_TOUCHED', 'the price has been in the zone already', { touchCount: zone.touchCount }))
    }
    if (hunt.withTrend) {
      const slow = view.emaSlow
      if (Number.isNaN(slow))
        out.push(refusal('NOT_CONFIRMED', 'slow average not known yet', { missing: 'slow average' }))
      else if (!(sign(direction) * (view.price - slow) > 0)) {
        const message = `price ${priceText(view.price)} not ${direction === 'LONG' ? 'above' : 'below'} the slow average ${priceText(slow)}`
        out.push(refusal('AGAINST_TREND', message, { price: view.price, slow }))
      }
    }
    if (hunt.approachBars > 0) {
      const before = view.closeAgo(hunt.approachBars)
      const edge = nearEdge(zone)
      if (Number.isNaN(before)) {
        out.push(
          refusal('NOT_APPROACHING', `the close ${hunt.approachBars} bars ago is not known`, {
            bars: hunt.approachBars,
            before: null,
          }),
        )
      } else if (!(Math.abs(edge - view.price) < Math.abs(edge - before))) {
        const message = `no nearer than ${hunt.approachBars} bars ago: ${priceText(view.price)} now, ${priceText(before)} then`
        out.push(refusal('NOT_APPROACHING', message, { price: view.price, before, edge }))
      }
    }
  }

  function judge(view: MarketView, direction: Direction, zone: Cluster, distance: number): Choice {
    const refusals: Refusal[] = []
    const weak = strengthRefusal(zone.strength, hunt.minStrength)
    if (weak) refusals.push(weak)
    distanceGates(view, distance, refusals)
    const small = openInterestRefusal(view, zone.notionalUsd, hunt, config.heatmap)
    if (small) refusals.push(small)
    movementGates(view, direction, zone, refusals)
    return { zone, distanceRatio: distance, refusals }
  }

  /** Spares the wording of refusals that nobody will read: it comes second, and passes no better. */
  const cannotWin = (best: Choice, zone: Cluster, distance: number): boolean =>
    byStrength(best, { zone, distanceRatio: distance }) >= 0 &&
    (best.refusals.length === 0 || zone.strength === null || zone.strength < hunt.minStrength)

  function choose(view: MarketView, direction: Direction): Choice | null {
    let best: Choice | null = null
    for (const zone of zonesAhead(view, direction)) {
      const distance = distanceRatio(zone, view.price)
      if (!(distance < universeRatio)) break
      if (best !== null && cannotWin(best, zone, distance)) continue
      if (inUniverse(zone, config.heatmap)) best = better(best, judge(view, direction, zone, distance), byStrength)
    }
    return best
  }

  function candidate(view: MarketView, direction: Direction, { zone, refusals }: Choice): Candidate {
    const draft = {
      strategy: 'liquidation_hunt',
      direction,
      anchor: anchorOf(zone, view.price),
      stop: huntStop(view, direction, config),
      target: { price: targetAtZone(view, direction, zone, config.target), clusterId: zone.id },
      confidence: zone.strength ?? 0,
      reason: `hunts the ${zoneText(zone, view.price)}`,
      refusals,
      gated: true,
    } as const
    return priceCandidate(view, draft, config)
  }

  return {
    name: 'liquidation_hunt',
    number: 1,
    usesHeatmap: true,
    propose(view) {
      if (view.occasion === 'break') return NO_CANDIDATES
      const above = choose(view, 'LONG')
      const below = choose(view, 'SHORT')
      if (above === null && below === null) return NO_CANDIDATES
      settleSides(above, below, byStrength)
      const out: Candidate[] = []
      if (above) out.push(candidate(view, 'LONG', above))
      if (below) out.push(candidate(view, 'SHORT', below))
      return out
    },
  }
}
