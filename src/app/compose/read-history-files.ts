import { readHistory } from '../../adapter/history/csv.ts'
import type { DataFile } from '../../backtest/report.ts'
import type { BarColumns } from '../../domain/bar-columns.ts'
import { problem, type Problem } from '../../domain/problem.ts'

export type HistoryFiles =
  | { readonly kind: 'ok'; readonly columns: readonly BarColumns[]; readonly files: readonly DataFile[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** Reads one file a symbol, all of one spacing and on one grid. `symbols`, where given, stand in for the files' names. */
export function readHistoryFiles(paths: readonly string[], symbols: readonly string[]): HistoryFiles {
  const columns: BarColumns[] = []
  const files: DataFile[] = []
  const problems: Problem[] = []
  for (const [index, path] of paths.entries()) {
    const read = readHistory(path, symbols[index])
    if (read.kind === 'invalid') {
      problems.push(...read.problems)
      continue
    }
    const first = columns[0]
    const { symbol, barMs, openTime } = read.columns
    if (columns.some((c) => c.symbol === symbol)) {
      problems.push(problem('duplicate_symbol', path, `${symbol} is in another file already`, 'Give one file a symbol'))
    } else if (first && (first.barMs !== barMs || (openTime[0]! - first.openTime[0]!) % barMs !== 0)) {
      problems.push(
        problem(
          'spacing',
          path,
          `its bars do not fit those of ${files[0]!.file}`,
          'Give files with bars of the same length',
        ),
      )
    } else {
      columns.push(read.columns)
      files.push({ ...read.report, symbol })
    }
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ok', columns, files }
}
