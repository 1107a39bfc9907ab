import type { Anchor } from '../domain/candidate.ts'
import { isoTime } from '../domain/time.ts'
import type { Trade } from '../domain/trade.ts'
import { decimalText, numberText, rounded } from './figures.ts'

/** A trade as reports print it: times ISO 8601 UTC, prices and money decimal strings, ratios numbers. */
export const tradeRecord = (trade: Trade) => ({
  id: trade.id,
  symbol: trade.symbol,
  strategy: trade.strategy,
  side: trade.direction,
  entry_time: isoTime(trade.entryTime),
  entry_price: decimalText(trade.entryPrice),
  quantity: trade.quantity.toString(),
  stop_price: trade.stopPrice.toString(),
  target_price: trade.targetPrice.toString(),
  exit_time: isoTime(trade.exitTime),
  exit_price: decimalText(trade.exitPrice),
  exit_reason: trade.exitReason,
  fees: decimalText(trade.fees),
  funding: decimalText(trade.funding),
  pnl: decimalText(trade.pnl),
  r_multiple: rounded(trade.rMultiple),
  cluster: trade.anchor === null ? null : clusterRecord(trade.anchor),
  reason: trade.reason,
})

const clusterRecord = (anchor: Anchor) => ({
  id: anchor.id,
  side: anchor.side,
  price_low: numberText(anchor.priceLow),
  price_mode: numberText(anchor.priceMode),
  price_high: numberText(anchor.priceHigh),
  strength: rounded(anchor.strength),
  notional_usd: numberText(anchor.notionalUsd),
  mass: numberText(anchor.mass),
  distance_ratio: rounded(anchor.distanceRatio),
})
