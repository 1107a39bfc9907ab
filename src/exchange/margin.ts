import type { MarginTier } from '../domain/instrument.ts'

/**
 * Maintenance margin is the upper envelope of the brackets' lines `m·N − deduction` (it is convex, because rates and
 * deductions rise together). So no bracket is searched for: of all brackets the one that demands most decides.
 */
export function maintenanceMargin(notionalUsd: number, tiers: readonly MarginTier[]): number {
  let most = 0
  for (const tier of tiers) most = Math.max(most, notionalUsd * tier.maintenanceRatio - tier.deductionUsd)
  return most
}

/**
 * Mark price at which equity meets maintenance margin; NaN when no positive price does.
 * @param sign +1 long, −1 short
 * @param margin what the position may lose, in the quote currency
 */
export function liquidationLevel(
  sign: 1 | -1,
  quantity: number,
  entry: number,
  margin: number,
  tiers: readonly MarginTier[],
): number {
  let level = Number.NaN
  for (const tier of tiers) {
    const meets =
      (quantity * entry - sign * (margin + tier.deductionUsd)) / (quantity * (1 - sign * tier.maintenanceRatio))
    if (meets > 0 && !(sign * (meets - level) <= 0)) level = meets
  }
  return level
}

/** Largest leverage the table allows at a notional; 0 beyond the table. */
export function leverageCap(notionalUsd: number, tiers: readonly MarginTier[]): number {
  for (const tier of tiers) if (notionalUsd <= tier.capUsd) return tier.maxLeverage
  return 0
}
