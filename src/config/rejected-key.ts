/** Keys that other bots know and that are refused by name, because their meaning is a trap. */
const STOPLOSS = {
  code: 'ambiguous_key',
  hint: 'The stop stands behind its cluster: see section stop. Its distance is limited by stop.max_distance_pct (percent of price), the loss by sizing.risk_per_trade_pct (percent of equity)',
}

export function rejectedKey(
  key: string,
): { readonly code: string; readonly what: string; readonly hint: string } | undefined {
  if (!/^stop_?loss(_(pct|ratio|percent))?$/.test(key)) return undefined
  const what = `"${key}" does not say of what: at 10× leverage, 10 % of the margin is 1 % of the price`
  return { ...STOPLOSS, what }
}
