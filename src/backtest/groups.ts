import { ZERO } from '../domain/decimal.ts'
import { isoTime } from '../domain/time.ts'
import type { Trade } from '../domain/trade.ts'
import type { Money } from '../domain/unit.ts'
import { mean } from './returns.ts'

export interface TradeGroup {
  readonly name: string
  readonly trades: number
  readonly wins: number
  readonly meanR: number
  readonly net: Money
}

/** Trades by a property of theirs, in order of the name. */
export function groupTrades(trades: readonly Trade[], nameOf: (trade: Trade) => string): readonly TradeGroup[] {
  const groups = new Map<string, Trade[]>()
  for (const trade of trades) {
    const name = nameOf(trade)
    const members = groups.get(name)
    if (members) members.push(trade)
    else groups.set(name, [trade])
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => ({
      name,
      trades: members.length,
      wins: members.filter((t) => t.pnl.greaterThan(0)).length,
      meanR: mean(members.map((t) => t.rMultiple)),
      net: members.reduce((total, t) => total.plus(t.pnl), ZERO) as Money,
    }))
}

/** `2024-03`, of the exit: when the result was booked. */
export const exitMonth = (trade: Trade): string => isoTime(trade.exitTime).slice(0, 7)
