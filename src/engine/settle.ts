import { clear } from '../domain/short-list.ts'
import { numberOf } from '../domain/decimal.ts'
import { equals, isPositive, minus, quotient, sum } from '../domain/exact.ts'
import type { ExitReason, Trade } from '../domain/trade.ts'
import type { Money, Price, Quantity } from '../domain/unit.ts'
import type { TradeProgress } from '../execution/bracket.ts'
import type { OpenTrade } from '../execution/open-trade.ts'
import { requestSnapshot, type EngineCore } from './core.ts'
import { noteExit } from './entry-memory.ts'
import { evaluate } from './evaluate.ts'
import { guardEquity } from './guard.ts'
import type { SymbolState } from './symbol-state.ts'

/** Reasons of a trade that the venue, or somebody else, has ended. */
const BY_OTHERS: ReadonlySet<ExitReason | null> = new Set(['liquidation', 'adl', 'settlement', 'forced'] as const)

export function marginOf(trade: OpenTrade): number {
  const { position, entryQuantity, entryCost } = trade
  if (!isPositive(position)) return 0
  const cost = equals(position, entryQuantity) ? entryCost : position.times(entryCost).div(entryQuantity)
  return numberOf(cost) / trade.leverage
}

/** Margin and life of a trade after one of its orders has told something; only a fill changes its position. */
export function settle(
  core: EngineCore,
  state: SymbolState,
  trade: OpenTrade,
  result: TradeProgress,
  filled: boolean,
): void {
  const { account } = core
  const index = trade.instrument.index
  if (result === 'open') {
    if (filled) account.margin[index] = marginOf(trade)
    return
  }
  account.margin[index] = 0
  account.openTrades--
  state.trade = null
  state.ended = trade
  state.unclosed = BY_OTHERS.has(trade.exitReason)
  if (state.unclosed) requestSnapshot(core)
  state.breakEvenAt = Number.NaN
  if (result === 'void') return
  const closed = closedTrade(trade)
  noteExit(state, closed, trade.exitDecidedAt)
  core.effects.push({ kind: 'note', time: core.now, note: { kind: 'trade', trade: closed } })
  guardEquity(core)
  if (closed.exitReason === 'anchor_broken' && state.broken.length > 0) evaluate(core, state, 'bar')
  clear(state.broken)
}

function closedTrade(trade: OpenTrade): Trade {
  const gross =
    trade.direction === 'LONG' ? minus(trade.exitCost, trade.entryCost) : minus(trade.entryCost, trade.exitCost)
  const pnl = sum(minus(gross, trade.fees), trade.funding) as Money
  const entryPrice = quotient(trade.entryCost, trade.entryQuantity) as Price
  const riskPerUnit = Math.abs(numberOf(entryPrice) - numberOf(trade.firstStop))
  return {
    id: trade.reopened === 0 ? trade.id : `${trade.id}-${trade.reopened}`,
    symbol: trade.instrument.symbol,
    strategy: trade.candidate.strategy,
    direction: trade.direction,
    entryTime: trade.openedAt,
    entryPrice,
    quantity: trade.entryQuantity as Quantity,
    stopPrice: trade.firstStop,
    targetPrice: trade.firstTarget,
    exitTime: trade.exitTime,
    exitPrice: quotient(trade.exitCost, trade.exitQuantity) as Price,
    exitReason: trade.exitReason ?? 'forced',
    fees: trade.fees as Money,
    funding: trade.funding as Money,
    pnl,
    rMultiple: numberOf(pnl) / (numberOf(trade.entryQuantity) * riskPerUnit),
    anchor: trade.candidate.anchor,
    reason: trade.candidate.reason,
  }
}
