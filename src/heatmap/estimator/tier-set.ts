import type { Config } from '../../config/schema.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { liquidationPrice, maxLeverageAt } from '../../domain/liquidation.ts'
import { HOUR_MS } from '../../domain/time.ts'

/** Sides as array indices; a plane is one leverage tier of one side: `side × count + tier`. */
export const LONG = 0
export const SHORT = 1
export type SideIndex = typeof LONG | typeof SHORT

/** The leverage tiers an estimator keeps apart, in ascending order of leverage. */
export interface TierSet {
  readonly count: number
  readonly leverage: Float64Array
  /** Share of each tier in new positions; sums to 1. */
  readonly share: Float64Array
  readonly halfLifeMs: Float64Array
  /** By plane: ln(liquidation price / entry price); −Infinity for a long that cannot be liquidated. */
  readonly logFactor: Float64Array
}

type TierConfig = Pick<Config['estimator'], 'leverageMix' | 'halfLifeHours' | 'typicalNotionalUsd'>

/**
 * Resolves the leverage mix against an instrument's margin table. Tiers the venue does not offer at the typical
 * notional drop out and the rest is rescaled to 1; where none is left, all hold the largest leverage that is offered. With
 * one notional for everybody the liquidation price is a constant multiple of the entry price. Throws when a tier has no
 * half-life.
 */
export function tierSet(config: TierConfig, instrument: Instrument): TierSet {
  const { marginTiers } = instrument
  // Nobody holds more than the table allows.
  const notional = Math.min(config.typicalNotionalUsd, marginTiers.at(-1)?.capUsd ?? Number.POSITIVE_INFINITY)
  const allowed = maxLeverageAt(notional, marginTiers)
  const wanted = Object.entries(config.leverageMix)
    .map(([leverage, share]) => ({ leverage: Number(leverage), share, halfLifeHours: config.halfLifeHours[leverage] }))
    .filter((tier) => tier.share > 0)
    .toSorted((a, b) => a.leverage - b.leverage)
  const offered = wanted.filter(({ leverage }) => leverage >= 1 && leverage <= allowed)
  const tiers = offered.length > 0 ? offered : wanted.slice(0, 1).map((lowest) => ({ ...lowest, leverage: allowed }))
  const missing = tiers.find((tier) => tier.halfLifeHours === undefined)
  if (missing) throw new RangeError(`estimator: leverage ${missing.leverage} has no half-life`)

  const whole = tiers.reduce((sum, tier) => sum + tier.share, 0)
  const logFactor = new Float64Array(2 * tiers.length)
  tiers.forEach(({ leverage }, index) => {
    const margin = notional / leverage
    const long = liquidationPrice('LONG', 1, notional, margin, marginTiers)
    const short = liquidationPrice('SHORT', 1, notional, margin, marginTiers)
    logFactor[index] = long === null ? Number.NEGATIVE_INFINITY : Math.log(long)
    logFactor[tiers.length + index] = short === null ? Number.POSITIVE_INFINITY : Math.log(short)
  })
  return {
    count: tiers.length,
    leverage: Float64Array.from(tiers, (tier) => tier.leverage),
    share: Float64Array.from(tiers, (tier) => tier.share / whole),
    halfLifeMs: Float64Array.from(tiers, (tier) => (tier.halfLifeHours ?? Number.NaN) * HOUR_MS),
    logFactor,
  }
}

/** Writes the share of a mass that is left after `elapsedMs`, by tier, into `into`. */
export function decayFactors(tiers: TierSet, elapsedMs: number, into: Float64Array): void {
  for (let tier = 0; tier < tiers.count; tier++) into[tier] = 2 ** (-elapsedMs / tiers.halfLifeMs[tier]!)
}
