/** ACTIVE: all orders. REDUCING: no entries. HALTED: no entries, and working entries are to be withdrawn. */
export type TradingState = 'ACTIVE' | 'REDUCING' | 'HALTED'

/** What an account may do while these latches hold. */
export function tradingState(latches: readonly { readonly code: string }[]): TradingState {
  if (latches.length === 0) return 'ACTIVE'
  return latches.some(({ code }) => code === 'KILL') ? 'HALTED' : 'REDUCING'
}
