import { problem, type Problem } from '../../domain/problem.ts'
import { hasNoPrices, rowFault, timeFault, type RowFault } from './bar-row.ts'
import { createBarStore, type BarFields } from './bar-store.ts'
import { atLineEnd, isBlankLine, nextLine, readText, type ByteCursor } from './byte-cursor.ts'
import { readRow, timeUnitAt, type RowPlan } from './csv-row.ts'
import { FIELDS, readHeader } from './header.ts'

/** A file with one fault has it on many lines; a handful shows the pattern. */
const MAX_PROBLEMS = 5
const TIME = FIELDS.indexOf('time')
const BYTE_ORDER_MARK = 0xef
const SPACE = 32
const BLANK: RowFault = { code: 'empty_line', what: 'an empty line between rows', hint: 'Remove it' }

/** The rows that have prices. */
export interface ParsedBars {
  readonly kind: 'ok'
  readonly length: number
  readonly fields: BarFields
  /** Leading rows without prices. */
  readonly skipped: number
  /** Line of the first bar; the others follow line by line. */
  readonly firstLine: number
}

export type BarParse = ParsedBars | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** Parses the bytes of a CSV file, which end with a newline; `file` names it in messages. */
export function parseBars(file: string, bytes: Uint8Array): BarParse {
  const cursor: ByteCursor = { bytes, at: bytes[0] === BYTE_ORDER_MARK ? 3 : 0, malformed: false }
  const names = readNames(cursor)
  const header = readHeader(file, names)
  if (header.kind === 'invalid') return invalid([header.problem])
  const lines = countLines(bytes, cursor.at)
  if (lines === 0)
    return invalid([
      problem(
        'no_rows',
        `${file}:1`,
        'the file holds a header and no rows',
        'Check how it was written, or download it again',
      ),
    ])

  const plan: RowPlan = { names, fields: header.fields, unit: timeUnitAt(cursor, header.fields) }
  const store = createBarStore(header.present, lines)
  const row = new Float64Array(FIELDS.length).fill(Number.NaN)
  const problems: Problem[] = []
  let before = Number.NEGATIVE_INFINITY
  let skipped = 0
  for (let line = 2; line <= lines + 1 && problems.length < MAX_PROBLEMS; line++) {
    const unreadable = isBlankLine(cursor) ? BLANK : (readRow(cursor, plan, row) ?? timeFault(row[TIME]!, before))
    const leading = store.length() === 0 && hasNoPrices(row)
    const fault = unreadable ?? (leading ? undefined : rowFault(row))
    if (fault) problems.push(problem(fault.code, `${file}:${line}`, fault.what, fault.hint))
    else if (leading) skipped++
    else store.append(row)
    if (row[TIME]! > before) before = row[TIME]!
    nextLine(cursor)
  }
  if (problems.length > 0) return invalid(problems)
  if (store.length() > 0)
    return { kind: 'ok', length: store.length(), fields: store.fields(), skipped, firstLine: 2 + skipped }
  return invalid([
    problem(
      'no_prices',
      file,
      `none of the ${skipped} rows has prices`,
      'Check that the columns hold what their names say',
    ),
  ])
}

const invalid = (problems: readonly Problem[]): BarParse => ({ kind: 'invalid', problems })

/** The names of the first line; the cursor goes to the second. */
function readNames(cursor: ByteCursor): readonly string[] {
  const names = [readText(cursor)]
  while (!atLineEnd(cursor)) names.push(readText(cursor))
  nextLine(cursor)
  return names
}

/** Lines from here to the last one that is not blank. */
function countLines(bytes: Uint8Array, from: number): number {
  let end = bytes.length
  while (end > from && bytes[end - 1]! <= SPACE) end--
  if (end <= from) return 0
  let lines = 1
  for (let at = bytes.indexOf(10, from); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}
