import { signalKey } from '../domain/candidate.ts'
import type { DecisionNote } from '../domain/effect.ts'
import { isoTime } from '../domain/time.ts'
import type { Trade } from '../domain/trade.ts'

/** An entry that was sent, by the signal behind it. */
export interface EntryRow {
  readonly signal: string
  readonly symbol: string
  readonly time: string
  readonly side: string
  readonly quantity: string
}

export interface TradeListRow {
  readonly id: string
  readonly symbol: string
  readonly strategy: string
  readonly side: string
  readonly entry_time: string
  readonly entry_price: string
  readonly quantity: string
  readonly exit_time: string
  readonly exit_price: string
  readonly exit_reason: string
  readonly pnl: string
  readonly r_multiple: number
}

export const entryOf = ({ symbol, candidate, quantity }: DecisionNote): EntryRow => ({
  signal: `${symbol}:${signalKey(candidate)}`,
  symbol,
  time: isoTime(candidate.time),
  side: candidate.direction,
  quantity: quantity ?? '',
})

export const tradeRow = (t: Trade): TradeListRow => ({
  id: t.id,
  symbol: t.symbol,
  strategy: t.strategy,
  side: t.direction,
  entry_time: isoTime(t.entryTime),
  entry_price: t.entryPrice.toDecimalPlaces(8).toString(),
  quantity: t.quantity.toString(),
  exit_time: isoTime(t.exitTime),
  exit_price: t.exitPrice.toDecimalPlaces(8).toString(),
  exit_reason: t.exitReason,
  pnl: t.pnl.toDecimalPlaces(8).toString(),
  r_multiple: Number(t.rMultiple.toFixed(4)),
})
