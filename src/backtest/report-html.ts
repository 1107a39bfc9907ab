import { exitMonth, groupTrades } from './groups.ts'
import { histogram } from './histogram.ts'
import { equitySeries } from './metrics.ts'
import { barPlot, type Bar } from './plot/bar-plot.ts'
import { equityPlot } from './plot/equity-plot.ts'
import { placeboPlot } from './plot/placebo-plot.ts'
import { escapeText } from './plot/svg.ts'
import { STYLE } from './report-style.ts'
import type { BacktestReport } from './report.ts'
import { monthTable, placeboTable, reportTables, type Table } from './report-tables.ts'
import { minuteText, moneyText, signedR, summaryRows, thinData } from './summary-rows.ts'

const BIN_R = 0.25
const LIMIT_R = 4

/** The report as one page that needs nothing from outside: no script, no font, no picture. */
export function reportHtml(report: BacktestReport): string {
  const symbols = report.files.map(({ symbol }) => symbol).join(', ')
  const title = `Backtest of ${symbols}`
  const { placebo } = report
  const thin = thinData(report)
  const sections = [
    `<p class="verdict">${escapeText(placebo.verdict.sentence)}</p>`,
    section('Summary', summaryTable(report) + (thin === null ? '' : `<p>${escapeText(thin)}</p>`)),
    section('Equity and drawdown', figure(equityPlot(equitySeries(report.result.equity)), equityTable(report))),
    section('Result by month', figure(monthPlot(report), monthTable(report))),
    section('Distribution of results', figure(outcomePlot(report), outcomeTable(report))),
    section(
      'Placebos',
      figure(placeboPlot(placebo.real.meanR, placebo.outcomes), placeboTable(report)) + placeboNote(),
    ),
    section(
      'Breakdown',
      reportTables(report)
        .filter(({ title: name }) => name !== 'Placebos')
        .map(tableHtml)
        .join(''),
    ),
    section('What was assumed', assumptions(report)),
  ]
  return (
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<title>${escapeText(title)}</title><style>${STYLE}</style></head>\n<body><main><h1>${escapeText(title)}</h1>\n${sections.join('\n')}\n</main></body></html>\n`
  )
}

const section = (title: string, content: string): string => `<section><h2>${escapeText(title)}</h2>${content}</section>`

/** A plot with its table twin. */
const figure = (plot: string, table: Table): string =>
  `<figure>${plot}</figure><details><summary>The same as a table</summary>${tableHtml(table)}</details>`

const cells = (row: readonly string[], tag: 'td' | 'th'): string =>
  row
    .map((cell, column) =>
      column === 0 && tag === 'td'
        ? `<th scope="row">${escapeText(cell)}</th>`
        : `<${tag}>${escapeText(cell)}</${tag}>`,
    )
    .join('')

const tableHtml = ({ title, head, rows }: Table): string =>
  `<div class="wide"><table><caption>${escapeText(title)}</caption><thead><tr>${cells(head, 'th')}</tr></thead>` +
  `<tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table></div>`

const summaryTable = (report: BacktestReport): string =>
  `<table class="summary"><tbody>${summaryRows(report)
    .map((row) => `<tr>${cells(row, 'td')}</tr>`)
    .join('')}</tbody></table>`

/** Month ends, because a row a day helps nobody. */
function equityTable({ result }: BacktestReport): Table {
  const points = equitySeries(result.equity)
  const month = (time: (typeof points)[number]['time']): string => minuteText(time).slice(0, 7)
  const ends = points.filter((point, index) => {
    const next = points[index + 1]
    return next === undefined || month(next.time) !== month(point.time)
  })
  return {
    title: 'Equity at the end of each month',
    head: ['Time (UTC)', 'Equity'],
    rows: ends.map((p) => [minuteText(p.time), moneyText(p.equity)]),
  }
}

function monthPlot({ result }: BacktestReport): string {
  const bars = groupTrades(result.trades, exitMonth).map((g): Bar => {
    const net = g.net.toNumber()
    return {
      name: g.name,
      value: net,
      good: net >= 0,
      text: `${g.name}: ${net >= 0 ? '▲ +' : '▼ '}${moneyText(net)}, ${g.trades} trades`,
    }
  })
  const gains = bars.filter((bar) => bar.value > 0).length
  return barPlot(
    'months',
    'Net result by month of exit',
    `${gains} of ${bars.length} months with trades ended with a gain.`,
    bars,
  )
}

const binsOf = ({ result }: BacktestReport) =>
  histogram(
    result.trades.map((t) => t.rMultiple),
    BIN_R,
    LIMIT_R,
  )

function outcomePlot(report: BacktestReport): string {
  const bars = binsOf(report).map(({ low, high, count }): Bar => ({
    name: low.toFixed(2),
    value: count,
    good: low >= 0,
    text: `${signedR(low)} to ${signedR(high)} R: ${count} trades`,
  }))
  const { meanR } = report.placebo.real
  return barPlot(
    'outcomes',
    'Trades by their result in units of risk (R)',
    `${report.metrics.trades} trades, mean ${signedR(meanR)} R; losses to the left of zero.`,
    bars,
  )
}

const outcomeTable = (report: BacktestReport): Table => ({
  title: `Trades by result in R; what lies beyond ±${LIMIT_R} R is in the outermost rows`,
  head: ['From', 'To', 'Trades'],
  rows: binsOf(report).map(({ low, high, count }) => [signedR(low), signedR(high), String(count)]),
})

const placeboNote = (): string =>
  '<p>Placebos keep the rules, sizes and costs and replace the evidence: levels mirrored around the price or shifted at random, the same entries in random directions, entries at random times. Each dot is one run; the mean R and the interval of a kind are of the trades of all its runs together.</p>'

function assumptions({ config, configHash, files }: BacktestReport): string {
  const { simulation } = config
  const spreads = Object.entries(simulation.halfSpreadBp)
    .map(([symbol, bp]) => `${symbol} ${bp}`)
    .join(', ')
  const rows: readonly (readonly string[])[] = [
    ['Configuration', configHash],
    ['Fees, maker and taker', `${simulation.feeMakerBp} and ${simulation.feeTakerBp} bp`],
    ['Half spread', `${spreads} bp`],
    ['Impact of size', simulation.impact ? 'one-minute volatility × √(size / one-minute volume)' : 'none'],
    ['Latency', `${simulation.latencyMs} ms`],
    ['Stop and target in one bar', simulation.ambiguousBar === 'stop_first' ? 'stop first' : 'target first'],
    ['Mark price', 'last price'],
    ['Max drawdown', 'from the highest equity, over the closes of all bars, open results included'],
    ['Plot of equity, Sharpe, Sortino', 'from equity at each UTC midnight, open results included'],
    ...files.map((file) => [file.file, `${file.rows} bars, ${file.gaps.length} gaps, SHA-256 ${file.sha256}`]),
  ]
  return `<table class="summary"><tbody>${rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('')}</tbody></table>`
}
