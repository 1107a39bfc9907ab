/** What people call a latch: its code, and the symbol where it holds for one alone. */
export const latchName = (latch: { readonly code: string; readonly symbol: string | null }): string =>
  latch.symbol === null ? latch.code : `${latch.code} ${latch.symbol}`
