/**
 * The smaller of a fixed amount and a share of equity × leverage, in the quote currency; a `null` one does not count.
 * Infinity when both are `null`.
 */
export function valueLimit(fixed: number | null, ratio: number | null, equity: number, leverage: number): number {
  const share = ratio === null ? Number.POSITIVE_INFINITY : ratio * equity * leverage
  return fixed === null ? share : Math.min(fixed, share)
}
