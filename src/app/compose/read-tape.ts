import { readHistory } from '../../adapter/history/csv.ts'
import type { BarColumns } from '../../domain/bar-columns.ts'
import { problem, type Problem } from '../../domain/problem.ts'

export type TapeFiles =
  | { readonly kind: 'ok'; readonly columns: readonly BarColumns[] }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** Reads one file a symbol, all of one spacing and on one grid. */
export function readTape(files: readonly string[]): TapeFiles {
  const columns: BarColumns[] = []
  const problems: Problem[] = []
  for (const file of files) {
    const read = readHistory(file)
    if (read.kind === 'invalid') {
      problems.push(...read.problems)
      continue
    }
    const first = columns[0]
    const { symbol, barMs, openTime } = read.columns
    if (columns.some((c) => c.symbol === symbol)) {
      problems.push(problem('duplicate_symbol', file, `${symbol} is in another file already`, 'Give one file a symbol'))
    } else if (first && (first.barMs !== barMs || (openTime[0]! - first.openTime[0]!) % barMs !== 0)) {
      problems.push(
        problem('spacing', file, `its bars do not fit those of ${files[0]}`, 'Give files with bars of the same length'),
      )
    } else columns.push(read.columns)
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ok', columns }
}
