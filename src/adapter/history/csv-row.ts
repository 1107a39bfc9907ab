import { SECOND_MS } from '../../domain/time.ts'
import { parseIsoTime, timeUnitOf, type TimeUnit } from './bar-time.ts'
import { TIME_HINT, type RowFault } from './bar-row.ts'
import { atLineEnd, readNumber, readText, skipField, type ByteCursor } from './byte-cursor.ts'
import { FIELDS } from './header.ts'
import { printable } from './printable.ts'

/** How the rows of one file are read. */
export interface RowPlan {
  readonly names: readonly string[]
  /** For each column the index of its field, -1 where it is not used. */
  readonly fields: Int8Array
  readonly unit: TimeUnit
}

const TIME = FIELDS.indexOf('time')

/** Reads one row into `row`, by the index of the field; times come out in ms. Stops at the line end. */
export function readRow(cursor: ByteCursor, plan: RowPlan, row: Float64Array): RowFault | undefined {
  const { fields, unit } = plan
  const start = cursor.at
  const last = fields.length - 1
  for (let column = 0; column <= last; column++) {
    const field = fields[column]!
    if (field < 0) skipField(cursor)
    else if (field !== TIME) row[field] = readNumber(cursor)
    else if (unit === 'iso') row[TIME] = parseIsoTime(readText(cursor))
    else row[TIME] = unit === 's' ? readNumber(cursor) * SECOND_MS : readNumber(cursor)
    if (cursor.malformed) return malformed(cursor, plan, start, column)
    if (atLineEnd(cursor) !== (column === last)) return wrongCount(cursor, plan, column)
  }
  return undefined
}

function malformed(cursor: ByteCursor, plan: RowPlan, start: number, column: number): RowFault {
  cursor.malformed = false
  const text = fieldText({ ...cursor, at: start }, column)
  const isTime = plan.fields[column] === TIME
  return {
    code: isTime ? 'bad_time' : 'not_a_number',
    what: `${printable(plan.names[column]!)} is "${printable(text)}", which is no ${isTime ? 'time' : 'number'}`,
    hint: isTime ? TIME_HINT : 'Write a plain number with a point, or leave the field empty',
  }
}

function wrongCount(cursor: ByteCursor, plan: RowPlan, column: number): RowFault {
  let count = column + 1
  let ended = count < plan.fields.length
  while (!ended) {
    skipField(cursor)
    count++
    ended = atLineEnd(cursor)
  }
  return {
    code: 'wrong_field_count',
    what: `the row has ${count} fields, the header ${plan.fields.length}`,
    hint: 'The row is broken or the file was cut off: write it again',
  }
}

/** The text of one column of the row that begins here. */
function fieldText(cursor: ByteCursor, column: number): string {
  for (let before = 0; before < column; before++) {
    skipField(cursor)
    if (atLineEnd(cursor)) return ''
  }
  return readText(cursor)
}

/** What the times of the file are written in, by the row that begins here. Unknown times are read as ms, and refused. */
export function timeUnitAt(cursor: ByteCursor, fields: Int8Array): TimeUnit {
  return timeUnitOf(fieldText({ ...cursor }, fields.indexOf(TIME))) ?? 'ms'
}
