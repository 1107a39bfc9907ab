/** A trade as the exchange shows it: all of one instant and direction in one. */
export interface ShownTrade {
  readonly id: number
  readonly time: number
  readonly price: number
  readonly quantity: number
  /** The taker sold. */
  readonly buyerIsMaker: boolean
}

/** The latest trades of one symbol. */
export interface TradeStore {
  add(time: number, price: number, quantity: number, buyerIsMaker: boolean): ShownTrade
  /** Those kept, oldest first. */
  all(): readonly ShownTrade[]
  last(): ShownTrade | undefined
}

export const TRADES_KEPT = 2_000

export function createTradeStore(): TradeStore {
  const kept: ShownTrade[] = []
  let next = 1
  const inOrder = (): readonly ShownTrade[] => {
    if (next - 1 <= TRADES_KEPT) return kept
    const first = (next - 1) % TRADES_KEPT
    return [...kept.slice(first), ...kept.slice(0, first)]
  }
  return {
    add(time, price, quantity, buyerIsMaker) {
      const trade = { id: next, time, price, quantity, buyerIsMaker }
      kept[(next - 1) % TRADES_KEPT] = trade
      next += 1
      return trade
    },
    all: inOrder,
    last: () => (next > 1 ? kept[(next - 2) % TRADES_KEPT] : undefined),
  }
}
