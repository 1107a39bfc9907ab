import { ZERO, type Decimal } from '../domain/decimal.ts'
import { DAY_MS } from '../domain/time.ts'
import type { Trade } from '../domain/trade.ts'
import { money, type EpochMs, type Money } from '../domain/unit.ts'
import type { Drawdown, EquityPoint } from './drawdown.ts'
import { dailyReturns, downsideDeviation, mean, standardDeviation } from './returns.ts'
import type { SimulationResult } from './simulation.ts'

const DAYS_A_YEAR = 365
const DAYS_A_MONTH = DAYS_A_YEAR / 12
/** Below either, ratios would be made-up figures and are `null`. */
export const MIN_TRADES = 10
export const MIN_DAYS = 14

/** What a run came to. Percents and ratios are numbers, money is exact; `null` = cannot be said honestly. */
export interface Metrics {
  readonly from: EpochMs
  readonly to: EpochMs
  readonly days: number
  readonly startingBalance: Money
  readonly finalBalance: Money
  readonly profitAbs: Money
  readonly profitPct: number
  readonly cagrPct: number | null
  /** Over the closes of all bars, from the highest equity; open results included. */
  readonly drawdown: Drawdown
  /** Of daily equity returns, annualised by √365, against a riskless rate of zero. */
  readonly sharpe: number | null
  readonly sortino: number | null
  /** CAGR over the largest relative drawdown. */
  readonly calmar: number | null
  readonly profitFactor: number | null
  /** Mean net result of a trade, quote units. */
  readonly expectancy: number | null
  /** Expectancy over the mean loss of a losing trade. */
  readonly expectancyRatio: number | null
  readonly meanR: number | null
  readonly winRatePct: number | null
  readonly trades: number
  readonly tradesLong: number
  readonly tradesShort: number
  readonly wins: number
  readonly draws: number
  readonly losses: number
  readonly tradesPerMonth: number | null
  readonly averageDurationMs: number | null
  readonly fees: Money
  /** Positive = received. */
  readonly funding: Money
  readonly slippage: Money
  /** Mean of (fees + slippage) / money at risk. */
  readonly costR: number | null
  readonly liquidations: number
  /** Mean change of the symbols over the same time. */
  readonly marketChangePct: number | null
  readonly timeInMarketPct: number
}

const sum = (values: Iterable<Decimal>): Money => {
  let total = ZERO
  for (const value of values) total = total.plus(value)
  return total as Money
}

/** Quote units lost at the first stop. */
const moneyAtRisk = (trade: Trade): number =>
  trade.entryPrice.minus(trade.stopPrice).abs().times(trade.quantity).toNumber()

/** Mean cost of a trade in R; `null` without trades. */
function meanCostR(trades: readonly Trade[], slippage: ReadonlyMap<string, Decimal>): number | null {
  const costs = trades.map((t) => t.fees.plus(slippage.get(t.id) ?? ZERO).toNumber() / moneyAtRisk(t))
  return costs.length === 0 ? null : mean(costs)
}

/** One point a time; of several the last, which knows the most. */
export function equitySeries(points: readonly EquityPoint[]): readonly EquityPoint[] {
  return points.filter((point, index) => points[index + 1]?.time !== point.time)
}

/** @param slippage by trade, quote units */
export function metricsOf(result: SimulationResult, slippage: ReadonlyMap<string, Decimal>): Metrics {
  const { trades, drawdown } = result
  const equity = equitySeries(result.equity)
  const days = (result.to - result.from) / DAY_MS
  const start = money(result.startingBalance)
  const final = money(result.finalBalance)
  const profit = final.minus(start) as Money
  const growth = final.div(start).toNumber()
  const enough = trades.length >= MIN_TRADES && days >= MIN_DAYS
  const honest = (figure: number): number | null => (enough && Number.isFinite(figure) ? figure : null)

  const won = trades.filter((t) => t.pnl.greaterThan(0))
  const lost = trades.filter((t) => t.pnl.lessThan(0))
  const gain = sum(won.map((t) => t.pnl)).toNumber()
  const loss = sum(lost.map((t) => t.pnl))
    .abs()
    .toNumber()
  const expectancy = sum(trades.map((t) => t.pnl)).toNumber() / trades.length
  const cagr = growth > 0 ? growth ** (DAYS_A_YEAR / days) - 1 : -1
  const returns = dailyReturns(equity)
  const annual = Math.sqrt(DAYS_A_YEAR)
  const changes = [...result.market.values()].map(({ first, last }) => last / first - 1)

  return {
    from: result.from,
    to: result.to,
    days,
    startingBalance: start,
    finalBalance: final,
    profitAbs: profit,
    profitPct: profit.div(start).times(100).toNumber(),
    cagrPct: honest(cagr * 100),
    drawdown,
    sharpe: honest((mean(returns) / standardDeviation(returns)) * annual),
    sortino: honest((mean(returns) / downsideDeviation(returns)) * annual),
    calmar: honest(cagr / drawdown.ratio),
    profitFactor: honest(gain / loss),
    expectancy: honest(expectancy),
    expectancyRatio: honest(expectancy / (loss / lost.length)),
    meanR: honest(mean(trades.map((t) => t.rMultiple))),
    winRatePct: honest((won.length / trades.length) * 100),
    trades: trades.length,
    tradesLong: trades.filter((t) => t.direction === 'LONG').length,
    tradesShort: trades.filter((t) => t.direction === 'SHORT').length,
    wins: won.length,
    draws: trades.length - won.length - lost.length,
    losses: lost.length,
    tradesPerMonth: honest((trades.length / days) * DAYS_A_MONTH),
    averageDurationMs: trades.length === 0 ? null : mean(trades.map((t) => t.exitTime - t.entryTime)),
    fees: sum(trades.map((t) => t.fees)),
    funding: sum(trades.map((t) => t.funding)),
    slippage: sum(slippage.values()),
    costR: meanCostR(trades, slippage),
    liquidations: result.liquidations,
    marketChangePct: changes.length === 0 ? null : mean(changes) * 100,
    timeInMarketPct: result.simulatedMs > 0 ? (result.timeInMarketMs / result.simulatedMs) * 100 : 0,
  }
}
