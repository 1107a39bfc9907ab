/** Why something that could have traded did not. A closed list: codes are stable and documented. */
export type RefusalCode =
  // evidence
  | 'NO_CLUSTER'
  | 'WEAK_CLUSTER'
  | 'TOO_FAR'
  | 'TOO_NEAR'
  | 'LOW_OPEN_INTEREST'
  | 'CLUSTER_TOUCHED'
  | 'NOT_APPROACHING'
  | 'NOT_CONFIRMED'
  | 'STALE_BREAK'
  | 'AGAINST_TREND'
  | 'RSI_EXTREME'
  | 'VOLATILITY_WINDOW'
  | 'EQUIDISTANT'
  // stop, target, cost
  | 'NO_ATR'
  | 'NO_STOP'
  | 'STOP_TOO_FAR'
  | 'BAD_GEOMETRY'
  | 'NET_RISK_REWARD'
  | 'COST_RATIO'
  | 'OWN_LIQUIDATION'
  | 'GAP_RISK'
  // feed
  | 'HEATMAP_WARMING'
  | 'HEATMAP_STALE'
  | 'HEATMAP_FROZEN'
  | 'HEATMAP_UNHEALTHY'
  | 'SPOT_ANCHORED'
  | 'ANCHORING_UNDETERMINED'
  | 'PRICE_STALE'
  | 'OPEN_INTEREST_STALE'
  | 'BAD_MARKET_DATA'
  // decision
  | 'OPPOSITE_SIGNALS'
  | 'LOWER_PRIORITY'
  | 'POSITION_OPEN'
  | 'COOLDOWN'
  | 'STOP_COOLDOWN'
  | 'DAILY_ENTRIES'
  | 'CLUSTER_USED'
  | 'NOT_RESET'
  | 'FUNDING_WINDOW'
  | 'FUNDING_COST'
  | 'SPREAD'
  | 'SLIPPAGE'
  | 'CORRELATED_RISK'
  // size
  | 'BELOW_MINIMUM'
  | 'NO_CAPITAL'
  | 'DEPTH'
  // risk gate
  | 'LIMIT_NOT_CONFIGURED'
  | 'MAX_ORDER_VALUE'
  | 'MAX_ORDER_QUANTITY'
  | 'MAX_POSITION'
  | 'MAX_OPEN_TRADES'
  | 'MAX_GROSS_EXPOSURE'
  | 'MAX_LEVERAGE'
  | 'FREE_MARGIN'
  | 'PRICE_COLLAR'
  | 'PRICE_BAND'
  | 'DUPLICATE_SIGNAL'
  | 'ENTRY_RATE'
  | 'DAILY_LOSS'
  | 'MAX_DRAWDOWN'
  | 'KILL_LATCH'
  | 'ENTRIES_STOPPED'
  | 'VENUE_ALARM'
  | 'RECONCILE'
  | 'FOREIGN'
  | 'VENUE_DOWN'
  | 'NOT_TRADING'
  | 'RECONCILING'
  | 'BAD_ORDER'
  | 'WOULD_INCREASE'

/** One gate that said no, with the figures that made it. */
export interface Refusal {
  readonly code: RefusalCode
  /** A sentence with its figures, e.g. "heatmap 214 s old, limit 120 s". */
  readonly message: string
  readonly figures: Readonly<Record<string, number | string | null>>
}

export const refusal = (
  code: RefusalCode,
  message: string,
  figures: Readonly<Record<string, number | string | null>> = {},
): Refusal => ({ code, message, figures })
