import { createDrawdownMeter } from '../../../src/backtest/drawdown.ts'
import type { SimulationResult } from '../../../src/backtest/simulation.ts'
import { DAY_MS } from '../../../src/domain/time.ts'
import type { Trade } from '../../../src/domain/trade.ts'
import { epochMs, money, price, quantity, type EpochMs } from '../../../src/domain/unit.ts'

/** Midnight of the n-th day after 2024-01-01, UTC. */
export const day = (n: number): EpochMs => epochMs(Date.UTC(2024, 0, 1) + n * DAY_MS)

/** A long of 1 unit at 100 with its stop at 90, so that 10 is at risk, closed for `pnl` after two hours. */
export function trade(pnl: number, rest: Partial<Trade> = {}): Trade {
  const entryTime = rest.entryTime ?? day(1)
  return {
    id: 'T-1',
    symbol: 'BTCUSDT',
    strategy: 'liquidation_hunt',
    direction: 'LONG',
    entryTime,
    entryPrice: price(100),
    quantity: quantity(1),
    stopPrice: price(90),
    targetPrice: price(120),
    exitTime: epochMs(entryTime + 7_200_000),
    exitPrice: price(100 + pnl),
    exitReason: pnl > 0 ? 'target' : 'stop',
    fees: money('0.5'),
    funding: money('-0.25'),
    pnl: money(pnl),
    rMultiple: pnl / 10,
    anchor: null,
    reason: 'because',
    ...rest,
  }
}

/** A run over `equity.length − 1` whole days that starts with the first figure and ends with the last. */
export function result(
  trades: readonly Trade[],
  equity: readonly number[],
  rest: Partial<SimulationResult> = {},
): SimulationResult {
  const drawdown = createDrawdownMeter()
  for (const [n, value] of equity.entries()) drawdown.see(day(n), value, value)
  const totals = { wallet: '0', fees: '0', funding: '0', realised: '0' }
  return {
    from: day(0),
    to: day(equity.length - 1),
    startingBalance: String(equity[0]),
    finalBalance: String(equity.at(-1)),
    trades,
    equity: equity.map((value, n) => ({ time: day(n), equity: value })),
    drawdown: drawdown.deepest(),
    rejected: new Map(),
    refusedDecisions: 0,
    orders: 0,
    fills: 0,
    liquidations: 0,
    latches: [],
    ambiguousBars: 0,
    bars: 0,
    market: new Map(),
    timeInMarketMs: 0,
    simulatedMs: 0,
    conservation: { exchange: totals, books: totals },
    ...rest,
  }
}
