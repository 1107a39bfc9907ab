import type { PaperSummary } from '../app/paper-session.ts'
import type { TradingSummary } from '../app/trading-session.ts'

const money = (text: string): string => Number(text).toFixed(2)

type Row = readonly [string, string]

/** The end of a paper session as a table. */
export function summaryTable(s: PaperSummary): string {
  const rows: Row[] = [['market', marketOf(s)], ...commonRows(s), ['own liquidations', String(s.own_liquidations)]]
  if (s.crowd_liquidations) {
    const { long, short, notional_usd } = s.crowd_liquidations
    rows.push(['crowd liquidations', `${long} longs, ${short} shorts, $${(notional_usd / 1e6).toFixed(1)}M`])
  }
  rows.push([
    'ledger',
    s.ledger_agrees ? 'the exchange and the bot agree to the last digit' : 'THE EXCHANGE AND THE BOT DISAGREE',
  ])
  return tableOf(rows, s)
}

const marketOf = ({ market, seed }: PaperSummary): string =>
  `SIMULATED ${market}${seed === null ? '' : `, seed ${seed}`}`

/** The end of a session at an exchange as a table. */
export function exchangeSummaryTable(s: TradingSummary): string {
  const money = { paper: 'real prices, simulated money', testnet: 'play money', live: 'REAL MONEY' }[s.mode]
  const simulated = s.simulated_market ? 'SIMULATED market' : money
  const ledger =
    s.ledger_agrees === null
      ? 'the exchange could not be asked'
      : s.ledger_agrees
        ? 'the exchange and the bot agree to the last digit'
        : 'THE EXCHANGE AND THE BOT DISAGREE'
  return tableOf(
    [
      ['exchange', `${s.exchange}, ${simulated}${s.seed === null ? '' : `, seed ${s.seed}`}`],
      ...commonRows(s),
      ['own liquidations', String(s.own_liquidations)],
      ['corrections', String(s.corrections)],
      ['left open', `${s.open_positions} positions`],
      ['wall time', `${s.wall_seconds.toFixed(1)} s`],
      ['ledger', ledger],
    ],
    s,
  )
}

const commonRows = (s: PaperSummary | TradingSummary): readonly Row[] => [
  ['from', s.from],
  ['to', s.to],
  ['balance', `${money(s.starting_balance)} → ${money(s.final_balance)} USDT (${money(s.pnl)})`],
  ['trades', `${s.trades}, ${s.trades_won} won${s.mean_r === null ? '' : `, mean ${s.mean_r.toFixed(2)} R`}`],
  ['orders, fills', `${s.orders}, ${s.fills}`],
  ['refused decisions', String(s.refusals)],
  ['fees, funding', `${money(s.fees)}, ${money(s.funding)} USDT`],
]

/** The rows, then the reasons not to trade, then the trades. */
function tableOf(rows: readonly Row[], s: PaperSummary | TradingSummary): string {
  const width = Math.max(...rows.map(([name]) => name.length))
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
  const refusals = Object.entries(s.rejected)
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6)
  if (refusals.length > 0)
    lines.push('', 'most frequent reasons not to trade', ...refusals.map(([code, n]) => `  ${code.padEnd(24)}${n}`))
  if (s.trade_list.length > 0) {
    lines.push('', 'trades')
    for (const t of s.trade_list) {
      lines.push(
        `  ${t.entry_time.slice(5, 16)}  ${t.symbol} ${t.side.padEnd(5)} ${t.quantity} at ${t.entry_price} → ${t.exit_price}  ${t.exit_reason.padEnd(16)} ${money(t.pnl).padStart(9)} USDT  ${t.r_multiple.toFixed(2)} R  ${t.strategy}`,
      )
    }
  }
  return lines.join('\n')
}
