import { isoTime } from '../domain/time.ts'
import { epochMs } from '../domain/unit.ts'
import { underwater } from './drawdown.ts'
import { exitMonth, groupTrades } from './groups.ts'
import { equitySeries } from './metrics.ts'
import { monthTable, reportTables, type Table } from './report-tables.ts'
import type { BacktestReport } from './report.ts'
import { summaryRows, thinData } from './summary-rows.ts'
import { barPlot, linePlot, stripPlot, type BarMark } from './svg-plot.ts'
import { placeboName } from './verdict.ts'

const STYLE = `
:root{--back:#fff;--text:#1b1f24;--dim:#5b6470;--grid:#d8dde3;--blue:#1f6fb4;--orange:#c8590a}
@media (prefers-color-scheme:dark){:root{--back:#14171b;--text:#e7eaee;--dim:#9aa4b0;--grid:#31373f;--blue:#5aa9ea;--orange:#f09445}}
body{background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:760px;padding:0 1rem}
table{border-collapse:collapse;margin:.5rem 0;font-variant-numeric:tabular-nums}td,th{padding:.15rem .7rem;text-align:right;border-bottom:1px solid var(--grid)}
td:first-child,th:first-child{text-align:left}th{font-weight:600}svg{width:100%;height:auto}.tick{fill:var(--dim);font-size:11px}.grid{stroke:var(--grid)}.axis{stroke:var(--dim)}
.line{fill:none;stroke-width:1.5}.equity{stroke:var(--blue)}.under{stroke:var(--orange)}.gain,.plain{fill:var(--blue)}.loss{fill:var(--orange)}.dot{fill:var(--blue);opacity:.55}.real{stroke:var(--orange);stroke-width:2}
.verdict{border-left:4px solid var(--orange);padding:.5rem 1rem;font-weight:600}.note{color:var(--dim)}`

const R_BIN = 0.25
const R_LIMIT = 4

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

function tableHtml({ title, head, rows }: Table): string {
  const cells = (tag: 'td' | 'th', row: readonly string[]): string => `<tr>${row.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`
  return `<h2>${escape(title)}</h2><table><thead>${cells('th', head)}</thead><tbody>${rows.map((row) => cells('td', row)).join('')}</tbody></table>`
}

/** Trades by result in R; what lies beyond ±4 R counts in the outermost bars. */
function histogram(rs: readonly number[]): readonly BarMark[] {
  const bins = new Map<number, number>()
  for (const r of rs) {
    const bin = Math.floor(Math.max(-R_LIMIT, Math.min(R_LIMIT, r)) / R_BIN)
    bins.set(bin, (bins.get(bin) ?? 0) + 1)
  }
  const keys = [...bins.keys()]
  const bars: BarMark[] = []
  for (let bin = Math.min(...keys); bin <= Math.max(...keys); bin++) bars.push({ label: (bin * R_BIN).toFixed(2), value: bins.get(bin) ?? 0 })
  return bars
}

const day = (time: number): string => isoTime(epochMs(time)).slice(0, 10)
const whole = (value: number): string => value.toFixed(0)

function plots(report: BacktestReport): string {
  const { result, placebo } = report
  const series = equitySeries(result.equity)
  const parts = [
    `<h2>Equity</h2>${linePlot('Equity over time, in the quote currency', series.map((p) => ({ x: p.time, y: p.equity })), 'equity', day, whole)}`,
    `<h2>Drawdown</h2>${linePlot('Fall from the highest equity, in percent', underwater(series).map((ratio, i) => ({ x: series[i]!.time, y: -Math.abs(ratio) * 100 })), 'under', day, (y) => `${y.toFixed(1)} %`, true)}`,
  ]
  if (result.trades.length > 0) {
    parts.push(`<h2>Results of the trades</h2>${barPlot('Number of trades by result in R', histogram(result.trades.map((t) => t.rMultiple)), whole, false)}`)
    const months = groupTrades(result.trades, exitMonth).map((g) => ({ label: g.name, value: g.net.toNumber() }))
    parts.push(`<h2>Months</h2>${barPlot('Net result by month of exit', months, whole, true)}`, tableHtml(monthTable(report)))
  }
  if (placebo.outcomes.length > 0 && placebo.real.meanR !== null) {
    const groups = placebo.outcomes.map((o) => ({ label: placeboName(o.kind), values: o.runs.flatMap((run) => (run.meanR === null ? [] : [run.meanR])) }))
    parts.push(`<h2>Real run among its placebos</h2>${stripPlot('Mean result in R of each placebo run and of the real run', groups, placebo.real.meanR, (r) => `${r.toFixed(3)} R`)}`)
  }
  return parts.join('\n')
}

/** The report as one page that needs nothing else; every plot has its figures in a table. */
export function reportHtml(report: BacktestReport): string {
  const symbols = report.files.map(({ symbol }) => symbol).join(', ')
  const summary = summaryRows(report).map(([name, value]) => `<tr><td>${escape(name)}</td><td>${escape(value)}</td></tr>`).join('')
  const thin = thinData(report)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Backtest of ${escape(symbols)}</title><style>${STYLE}</style></head>
<body><h1>Backtest of ${escape(symbols)}</h1>
<p class="verdict">${escape(report.placebo.verdict.sentence)}</p>
<p class="note">Config ${report.configHash}. Clusters are modelled, not known. Simulated on recorded candles; no promise of profit.</p>
<h2>Summary</h2><table><tbody>${summary}</tbody></table>${thin === null ? '' : `<p class="note">${escape(thin)}</p>`}
${plots(report)}
${reportTables(report).map(tableHtml).join('\n')}
</body></html>
`
}
