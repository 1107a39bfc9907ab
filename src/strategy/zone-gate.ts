import type { Config } from '../config/schema.ts'
import type { Anchor } from '../domain/candidate.ts'
import { distanceRatio, type Cluster } from '../domain/cluster.ts'
import type { MarketView } from '../domain/market-view.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { strengthBand } from '../heatmap/band.ts'
import { hundredthText, percentText, priceText, usdText } from './wording.ts'

type Universe = Pick<Config['heatmap'], 'minStrength' | 'maxDistancePct' | 'minOpenInterestUsd'>

export interface OpenInterestGate {
  readonly minOpenInterestPct: number | null
  readonly minOpenInterestUsd: number | null
}

/**
 * Whether a zone is worth looking at, its distance apart. An unknown strength or size is not small: such a zone stays in
 * sight and a gate refuses it by name.
 */
export const inUniverse = (zone: Cluster, universe: Universe): boolean =>
  (zone.strength === null || zone.strength >= universe.minStrength) &&
  (zone.notionalUsd === null || zone.notionalUsd >= universe.minOpenInterestUsd)

export function strengthRefusal(strength: number | null, min: number): Refusal | null {
  if (strength === null) {
    return refusal('WEAK_CLUSTER', `strength not known yet, at least ${min} asked`, { strength, min })
  }
  return strength >= min
    ? null
    : refusal('WEAK_CLUSTER', `strength ${hundredthText(strength)}, at least ${min} asked`, { strength, min })
}

/** Size of the zone against the symbol's open interest, against a fixed amount and against the universe's floor. */
export function openInterestRefusal(
  view: MarketView,
  notionalUsd: number | null,
  gate: OpenInterestGate,
  universe: Universe,
): Refusal | null {
  const total = view.openInterest?.totalUsd ?? null
  const pct = gate.minOpenInterestPct
  if (pct !== null && pct > 0 && total === null) {
    return refusal('LOW_OPEN_INTEREST', `the symbol's open interest is not known, ${pct} % of it asked`, {
      notionalUsd,
      totalUsd: null,
    })
  }
  const ofTotal = pct === null || total === null ? 0 : (pct / 100) * total
  const min = Math.max(ofTotal, gate.minOpenInterestUsd ?? 0, universe.minOpenInterestUsd)
  if (min === 0 || (notionalUsd !== null && notionalUsd >= min)) return null
  const has = notionalUsd === null ? 'open interest of the zone not known' : `zone holds ${usdText(notionalUsd)}`
  return refusal('LOW_OPEN_INTEREST', `${has}, at least ${usdText(min)} asked`, { notionalUsd, min, totalUsd: total })
}

/** The zone as the trade will remember it. */
export const anchorOf = (zone: Cluster, price: number): Anchor => ({
  id: zone.id,
  side: zone.side,
  priceLow: zone.priceLow,
  priceMode: zone.priceMode,
  priceHigh: zone.priceHigh,
  // Nothing of unknown strength gets past the gates; 0 is what a record of the refusal shows.
  strength: zone.strength ?? 0,
  notionalUsd: zone.notionalUsd,
  mass: zone.mass,
  distanceRatio: distanceRatio(zone, price),
})

interface Spelt {
  readonly strength: number | null
  readonly priceMode: number
  readonly notionalUsd: number | null
  readonly text: string
}

/** What is said of a zone changes with the map; the same zones are spoken of at every bar. */
const spelt = new WeakMap<Cluster, Spelt>()

function figuresText(zone: Cluster): string {
  const { strength, priceMode, notionalUsd } = zone
  const known = spelt.get(zone)
  if (known?.strength === strength && known.priceMode === priceMode && known.notionalUsd === notionalUsd)
    return known.text
  const band = strength === null ? '' : `${strengthBand(strength).replace('_', ' ')} `
  const size = notionalUsd === null ? '' : `, ${usdText(notionalUsd)}`
  const figures = `strength ${strength === null ? 'unknown' : hundredthText(strength)}${size}`
  const text = `${band}${zone.side}-liquidation zone at ${priceText(priceMode)} (${figures}), `
  spelt.set(zone, { strength, priceMode, notionalUsd, text })
  return text
}

/** E.g. "very strong short-liquidation zone at 89,427.01 (strength 0.85, $3.5M), 0.28 % away". */
export const zoneText = (zone: Cluster, price: number): string =>
  `${figuresText(zone)}${percentText(distanceRatio(zone, price))} away`
