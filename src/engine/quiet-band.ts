import type { EngineCore } from './core.ts'
import type { SymbolState } from './symbol-state.ts'

/** Prices strictly between the two bounds change nothing but the price itself. */
export interface QuietBand {
  low: number
  high: number
}

/**
 * Finds the prices between which the engine has nothing to decide for a symbol: no zone edge, no break-even, and no
 * equity that the loss limits would have something to say to. With several positions open equity depends on all of
 * their prices, so that none of theirs is quiet.
 */
export function updateQuietBand(core: EngineCore, state: SymbolState): void {
  const { band, tracker, breakEvenAt, trade } = state
  const { books, guard } = core.account
  let low = tracker.watchLow
  let high = tracker.watchHigh
  if (trade && breakEvenAt === breakEvenAt) {
    if (trade.direction === 'LONG') high = Math.min(high, breakEvenAt)
    else low = Math.max(low, breakEvenAt)
  }
  const quantity = books.exposed ? books.signedQuantity(state.instrument) : 0
  if (quantity !== 0) {
    if (books.openCount > 1) low = Number.POSITIVE_INFINITY
    else {
      const equity = books.equity()
      const loss = state.mark + (guard.newsBelow - equity) / quantity
      const gain = state.mark + (guard.highWater - equity) / quantity
      low = Math.max(low, Math.min(loss, gain))
      high = Math.min(high, Math.max(loss, gain))
    }
  }
  band.low = low
  band.high = high
}
