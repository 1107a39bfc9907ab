import type { BarColumns } from '../../domain/bar-columns.ts'
import type { HistoryResult } from '../../domain/history.ts'
import { normaliseSymbol } from '../../domain/instrument.ts'
import { problem, type Problem } from '../../domain/problem.ts'
import { isoTime } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import { readFileBytes } from './file-bytes.ts'
import { barSpacing, gapsOf, offGrid } from './grid.ts'
import { parseBars, type ParsedBars } from './parse-bars.ts'
import { symbolOfFile } from './symbol-of-file.ts'

const MAX_PROBLEMS = 5

/**
 * Reads one symbol's bars from a `.csv` or `.csv.gz` file. Columns are found by their names; the times are those of the
 * bars' opens. Gaps are reported; whatever could be a lie is refused with its line. The symbol is the one that the
 * file's name says; it has to be given where that says none, and must not be another one.
 */
export function readHistory(file: string, symbol?: string): HistoryResult {
  const name = symbol === undefined ? symbolOfFile(file) : normaliseSymbol(symbol)
  const read = readFileBytes(file)
  if (read.kind === 'invalid') return { kind: 'invalid', problems: [read.problem] }
  if (name === undefined) {
    const what =
      symbol === undefined ? 'the file’s name does not say which symbol it holds' : `"${symbol}" is no symbol`
    return {
      kind: 'invalid',
      problems: [problem('unknown_symbol', file, what, 'Name it like bybit_BTCUSDT_1h.csv, or give the symbol')],
    }
  }
  const told = symbolOfFile(file)
  if (told !== undefined && told !== name) {
    const what = `its name says ${told}, and ${name} was asked for`
    return {
      kind: 'invalid',
      problems: [problem('other_symbol', file, what, 'Leave the symbol out, or give the file another name')],
    }
  }
  const parsed = parseBars(file, read.bytes)
  if (parsed.kind === 'invalid') return parsed
  const { fields, length, skipped } = parsed
  if (length < 2) {
    return {
      kind: 'invalid',
      problems: [problem('too_few_rows', file, 'one bar alone does not tell how long it is', 'Give at least two')],
    }
  }
  const times = fields.time
  const barMs = barSpacing(times)
  const stray = offGrid(times, barMs, MAX_PROBLEMS)
  if (stray.length > 0)
    return { kind: 'invalid', problems: stray.map((index) => strayProblem(file, parsed, barMs, index)) }

  const columns: BarColumns = {
    symbol: name,
    barMs,
    length,
    openTime: times,
    open: fields.open,
    high: fields.high,
    low: fields.low,
    close: fields.close,
    volume: fields.volume,
    turnover: fields.turnover,
    openInterest: fields.open_interest,
    fundingRate: fields.funding_rate,
    longShortRatio: fields.long_short_ratio,
    takerBuyVolume: fields.taker_buy_volume,
  }
  const report = {
    file,
    sha256: read.sha256,
    rows: length,
    skipped,
    from: epochMs(times[0]!),
    to: epochMs(times[length - 1]! + barMs),
    gaps: gapsOf(times, barMs),
  }
  return { kind: 'ok', columns, report }
}

function strayProblem(file: string, parsed: ParsedBars, barMs: number, index: number): Problem {
  const time = isoTime(epochMs(parsed.fields.time[index]!))
  const what = `${time} does not lie on the grid of the other bars, one every ${barMs / 1_000} s`
  return problem(
    'off_grid',
    `${file}:${parsed.firstLine + index}`,
    what,
    'Correct the time, or remove the row: a missing bar is counted as a gap',
  )
}
