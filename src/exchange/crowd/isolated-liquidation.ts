import type { MarginTier } from '../../domain/instrument.ts'

/**
 * Where an isolated position of the crowd is liquidated; NaN when nowhere. The crowd is the ground truth for whoever
 * models it, so it solves `margin + s·Q·(p − entry) = Q·p·m − deduction` on its own: the bracket is the one that holds
 * the notional at p.
 * @param sign +1 long, −1 short
 * @param margin initial margin plus what was added, less funding paid; quote units
 */
export function isolatedLiquidation(
  sign: number,
  entry: number,
  quantity: number,
  margin: number,
  tiers: readonly MarginTier[],
): number {
  const owed = sign * quantity * entry - margin
  for (let i = 0; i < tiers.length; i++) {
    const tier = tiers[i]!
    const value = (owed - tier.deductionUsd) / (sign - tier.maintenanceRatio)
    if (value > tier.floorUsd && value <= tier.capUsd) return value / quantity
  }
  return Number.NaN
}
