import type { MarginTier } from './instrument.ts'
import type { Direction } from './side.ts'

/**
 * Price at which an isolated position of a linear contract is liquidated; `null` when there is none (a long at 1x).
 * Equity equals maintenance margin at mark p: `margin + s·Q·(p − entry) = Q·p·m − deduction`, solved in the bracket
 * that holds Q·p (Binance, "How to calculate liquidation price of USDⓈ-M futures contracts").
 * @param margin wallet balance of the position: initial margin plus what was added, in the quote currency
 */
export function liquidationPrice(
  direction: Direction,
  entry: number,
  quantity: number,
  margin: number,
  tiers: readonly MarginTier[],
): number | null {
  const s = direction === 'LONG' ? 1 : -1
  for (const tier of tiers) {
    const p = (margin + tier.deductionUsd - s * quantity * entry) / (quantity * (tier.maintenanceRatio - s))
    if (p <= 0) continue
    const atPrice = quantity * p
    if (atPrice > tier.floorUsd && atPrice <= tier.capUsd) return p
  }
  return null
}

/** Largest leverage the table allows at an entry notional; 0 beyond the table. */
export function maxLeverageAt(notionalUsd: number, tiers: readonly MarginTier[]): number {
  const tier = tiers.find((t) => notionalUsd <= t.capUsd)
  return tier ? tier.maxLeverage : 0
}
