import type { BacktestReport } from './report.ts'
import { monthTable, reportTables, type Table } from './report-tables.ts'
import { summaryRows, thinData } from './summary-rows.ts'

const GAP = '  '

/** Columns padded with spaces: text to the left, figures to the right. */
function tableText({ title, head, rows }: Table): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join(GAP)
      .trimEnd()
  return [title, line(head), widths.map((width) => '─'.repeat(width)).join(GAP), ...rows.map(line)].join('\n')
}

/** The report for a terminal: summary, tables, and the verdict last, where it is read. */
export function reportText(report: BacktestReport): string {
  const summary = summaryRows(report)
  const width = Math.max(...summary.map(([name]) => name.length))
  const symbols = report.files.map(({ symbol }) => symbol).join(', ')
  const months = monthTable(report)
  return [
    `Backtest of ${symbols}, config ${report.configHash}`,
    summary.map(([name, value]) => `${name.padEnd(width)}${GAP}${value}`).join('\n'),
    ...[thinData(report)].filter((text) => text !== null),
    ...(months.rows.length > 0 ? [tableText(months)] : []),
    ...reportTables(report).map(tableText),
    report.placebo.verdict.sentence,
  ].join('\n\n')
}
