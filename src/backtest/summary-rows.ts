import { isoTime } from '../domain/time.ts'
import { MIN_DAYS, MIN_TRADES } from './metrics.ts'
import type { BacktestReport } from './report.ts'

export type Row = readonly [name: string, value: string]

const NOT_AVAILABLE = 'N/A'
const HOUR_MS = 3_600_000
const MONEY_DECIMALS = 2

export const moneyText = (value: { toFixed(decimals: number): string }): string => value.toFixed(MONEY_DECIMALS)
const figure = (value: number | null, decimals = 2): string =>
  value === null ? NOT_AVAILABLE : value.toFixed(decimals)
export const percentText = (value: number | null): string => (value === null ? NOT_AVAILABLE : `${value.toFixed(2)} %`)
export const signedR = (value: number | null): string =>
  value === null ? NOT_AVAILABLE : `${value > 0 ? '+' : ''}${value.toFixed(3)}`
/** `2024-03-01 14:00`, UTC. */
export const minuteText = (time: Parameters<typeof isoTime>[0]): string => isoTime(time).slice(0, 16).replace('T', ' ')

/** The summary for people, shared by the terminal and the page. */
export function summaryRows({ metrics: m, ambiguous, result }: BacktestReport): readonly Row[] {
  const hours = m.averageDurationMs === null ? null : m.averageDurationMs / HOUR_MS
  return [
    ['From, to (UTC)', `${minuteText(m.from)}, ${minuteText(m.to)}`],
    ['Starting balance', moneyText(m.startingBalance)],
    ['Final balance', moneyText(m.finalBalance)],
    ['Total profit', `${moneyText(m.profitAbs)} (${percentText(m.profitPct)})`],
    ['CAGR', percentText(m.cagrPct)],
    ['Max drawdown', `${moneyText(m.drawdown.abs)} (${percentText(m.drawdown.ratio * 100)})`],
    ['Sharpe', figure(m.sharpe)],
    ['Sortino', figure(m.sortino)],
    ['Calmar', figure(m.calmar)],
    ['Profit factor', figure(m.profitFactor)],
    ['Expectancy', figure(m.expectancy)],
    ['Mean R', signedR(m.meanR)],
    ['Win rate', percentText(m.winRatePct)],
    ['Trades (long, short)', `${m.trades} (${m.tradesLong}, ${m.tradesShort})`],
    ['Trades per month', figure(m.tradesPerMonth, 1)],
    ['Average duration', hours === null ? NOT_AVAILABLE : `${hours.toFixed(1)} h`],
    ['Fees', moneyText(m.fees)],
    ['Funding', moneyText(m.funding)],
    ['Slippage', moneyText(m.slippage)],
    ['Cost of a trade', m.costR === null ? NOT_AVAILABLE : `${m.costR.toFixed(3)} R`],
    ['Liquidations', String(m.liquidations)],
    ['Market change', percentText(m.marketChangePct)],
    ['Time in market', percentText(m.timeInMarketPct)],
    ['Rejected signals', String(result.refusedDecisions)],
    ...result.latches.map(({ code, since }): Row => [`No entries since`, `${minuteText(since)} (${code})`]),
    [
      'Ambiguous bars',
      `${ambiguous.count} (net ${Number(ambiguous.netStopFirst).toFixed(2)} stop first, ${Number(ambiguous.netTargetFirst).toFixed(2)} target first)`,
    ],
  ]
}

/** Says when figures are missing on purpose; `null` when none is. */
export const thinData = ({ metrics: m }: BacktestReport): string | null =>
  m.trades >= MIN_TRADES && m.days >= MIN_DAYS
    ? null
    : `N/A: ratios need at least ${MIN_TRADES} trades and ${MIN_DAYS} days.`
