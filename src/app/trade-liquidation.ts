import { liquidationPrice } from '../domain/liquidation.ts'
import type { OpenTrade } from '../execution/open-trade.ts'

/** Where the position of a trade would be liquidated by the venue's tiers, as an isolated one; `null`: nowhere. */
export function tradeLiquidation(trade: OpenTrade): number | null {
  const entry = trade.entryCost.div(trade.entryQuantity).toNumber()
  const quantity = trade.position.toNumber()
  const margin = (quantity * entry) / trade.leverage
  return liquidationPrice(trade.direction, entry, quantity, margin, trade.instrument.marginTiers)
}
