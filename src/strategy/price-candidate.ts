import type { Config } from '../config/schema.ts'
import type { Anchor, Candidate, StrategyName } from '../domain/candidate.ts'
import type { MarketView } from '../domain/market-view.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { sign, type Direction } from '../domain/side.ts'
import { confirmationRefusals } from './confirmation.ts'
import { costRatio, grossRiskReward, netRiskReward, tradeCosts } from './cost.ts'
import type { StopPlacement } from './stop.ts'
import type { TargetPlacement } from './target.ts'
import { hundredthText, percentText, priceText } from './wording.ts'

/** A want before it is priced. */
export interface Draft {
  readonly strategy: StrategyName
  readonly direction: Direction
  readonly anchor: Anchor | null
  readonly stop: StopPlacement
  readonly target: TargetPlacement
  readonly confidence: number
  readonly reason: string
  /** The strategy's own gates. */
  readonly refusals: readonly Refusal[]
  /** Whether the cost gates and the technical confirmation apply; a baseline or a placebo trades without them. */
  readonly gated: boolean
}

const noZoneFlags: readonly string[] = []

function zoneFlags(view: MarketView): readonly string[] {
  const flags = ['confidence_is_strength']
  if (view.anchoring === 'spot_anchored') flags.push('spot_anchored')
  if (view.anchoring === 'undetermined') flags.push('anchoring_undetermined')
  return flags
}

function costGates(net: number, ratio: number, config: Config['target'], out: Refusal[]): void {
  const { minNetRiskReward: minNet, maxCostRatio: maxRatio } = config
  if (minNet !== null && !(net >= minNet)) {
    out.push(
      refusal('NET_RISK_REWARD', `net reward/risk ${hundredthText(net)}, at least ${minNet} asked`, {
        net,
        min: minNet,
      }),
    )
  }
  if (maxRatio !== null && !(ratio <= maxRatio)) {
    out.push(
      refusal(
        'COST_RATIO',
        `costs are ${percentText(ratio)} of the loss at the stop, at most ${percentText(maxRatio)}`,
        { ratio, max: maxRatio },
      ),
    )
  }
}

/**
 * Completes a draft: order of the three prices, reward to risk before and after costs, and the gates on them. Figures
 * that a missing or misplaced stop leaves open are NaN. Lists every gate that says no.
 */
export function priceCandidate(view: MarketView, draft: Draft, config: Config): Candidate {
  const { direction, stop, target } = draft
  const entry = view.price
  const refusals = [...draft.refusals, ...stop.refusals]
  let gross = Number.NaN
  let net = Number.NaN
  let ratio = Number.NaN
  if (!Number.isNaN(stop.price)) {
    const s = sign(direction)
    const exists = stop.price > 0 && target.price > 0
    if (exists && s * (entry - stop.price) > 0 && s * (target.price - entry) > 0) {
      const costs = tradeCosts(view, direction, entry, stop.price, target.price, config)
      gross = grossRiskReward(entry, stop.price, target.price)
      net = netRiskReward(entry, stop.price, target.price, costs)
      ratio = costRatio(entry, stop.price, costs)
      if (draft.gated) costGates(net, ratio, config.target, refusals)
    } else {
      const message = `${direction} needs its entry between stop and target, both above 0: stop ${priceText(stop.price)}, entry ${priceText(entry)}, target ${priceText(target.price)}`
      refusals.push(refusal('BAD_GEOMETRY', message, { stop: stop.price, entry, target: target.price }))
    }
  }
  if (draft.gated) refusals.push(...confirmationRefusals(view, direction, config.confirmation))
  return {
    strategy: draft.strategy,
    direction,
    time: view.time,
    anchor: draft.anchor,
    targetClusterId: target.clusterId,
    entry,
    stop: stop.price,
    target: target.price,
    grossRiskReward: gross,
    netRiskReward: net,
    costRatio: ratio,
    confidence: draft.confidence,
    flags: [...(draft.anchor ? zoneFlags(view) : noZoneFlags), ...stop.flags],
    reason: draft.reason,
    refusals,
  }
}
