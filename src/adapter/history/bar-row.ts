import { SECOND_MS, isoTime } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import { isPlausibleTime } from './bar-time.ts'
import { FIELDS, type Field } from './header.ts'

/** What is wrong with a row: a code, a sentence, and what to do. */
export interface RowFault {
  readonly code: string
  readonly what: string
  readonly hint: string
}

export const TIME_HINT = 'Write ms or seconds since 1970, or ISO 8601 as in 2024-01-31T08:00:00Z'

const fault = (code: string, what: string, hint: string): RowFault => ({ code, what, hint })
const at = (field: Field): number => FIELDS.indexOf(field)
const OPEN = at('open')
const HIGH = at('high')
const LOW = at('low')
const CLOSE = at('close')
const VOLUME = at('volume')
const FUNDING = at('funding_rate')

/** A settlement's share of the position. Venues cap it at 0.5 to 4 %: beyond this the unit is another, or it is a year's. */
const MAX_FUNDING = 0.1

/** Quote units. Bitcoin in the smallest currencies stays below 1e10: beyond this the row is broken, and no map holds it. */
const MAX_PRICE = 1e12

/** Base units, of turnover quote units. More than is ever traded or held of a coin whose price has nine zeros. */
const MAX_FIGURE = 1e18

/** True for a row that has a time and other figures, but no prices. */
export const hasNoPrices = (row: Float64Array): boolean =>
  Number.isNaN(row[OPEN]!) && Number.isNaN(row[HIGH]!) && Number.isNaN(row[LOW]!) && Number.isNaN(row[CLOSE]!)

/** The row's figures against each other and against what is possible. NaN is missing, which only some may be. */
export function rowFault(row: Float64Array): RowFault | undefined {
  const open = row[OPEN]!
  const high = row[HIGH]!
  const low = row[LOW]!
  const close = row[CLOSE]!
  const sound =
    low > 0 &&
    high <= MAX_PRICE &&
    high >= low &&
    open >= low &&
    open <= high &&
    close >= low &&
    close <= high &&
    row[VOLUME]! >= 0
  return sound ? figureFault(row) : priceFault(row)
}

function figureFault(row: Float64Array): RowFault | undefined {
  for (let field = VOLUME; field < FIELDS.length; field++) {
    if (row[field]! > MAX_FIGURE)
      return fault(
        'impossible_figure',
        `${FIELDS[field]} ${row[field]} is above ${MAX_FIGURE}, more than there can be`,
        field === VOLUME
          ? 'Correct it, or remove the row: a missing bar is counted as a gap'
          : 'Correct it, or leave the field empty',
      )
    if (row[field]! < 0 && field !== FUNDING)
      return fault(
        'negative_figure',
        `${FIELDS[field]} is negative: ${row[field]}`,
        'Correct it, or leave the field empty',
      )
  }
  if (Math.abs(row[FUNDING]!) > MAX_FUNDING)
    return fault(
      'impossible_funding',
      `funding_rate ${row[FUNDING]} is beyond ±${MAX_FUNDING} (${MAX_FUNDING * 100} % per settlement)`,
      'Write it as a fraction per settlement: 0.0001 is 0.01 %',
    )
  return undefined
}

function priceFault(row: Float64Array): RowFault {
  for (const field of [OPEN, HIGH, LOW, CLOSE, VOLUME]) {
    if (Number.isNaN(row[field]!))
      return fault(
        'missing_figure',
        `${FIELDS[field]} is empty`,
        'Fill it, or remove the row: a missing bar is counted as a gap',
      )
  }
  const [open, high, low, close] = [row[OPEN]!, row[HIGH]!, row[LOW]!, row[CLOSE]!]
  const repair = 'Correct the prices, or remove the row: a missing bar is counted as a gap'
  const lowest = Math.min(open, high, low, close)
  if (lowest <= 0) return fault('impossible_bar', `a price is not above 0: ${lowest}`, repair)
  for (const field of [OPEN, HIGH, LOW, CLOSE]) {
    if (row[field]! > MAX_PRICE)
      return fault('impossible_bar', `${FIELDS[field]} ${row[field]} is above ${MAX_PRICE}, which no price is`, repair)
  }
  if (high < low) return fault('impossible_bar', `high ${high} is below low ${low}`, repair)
  if (high < open || high < close)
    return fault('impossible_bar', `high ${high} is below ${high < open ? `open ${open}` : `close ${close}`}`, repair)
  if (low > open || low > close)
    return fault('impossible_bar', `low ${low} is above ${low > open ? `open ${open}` : `close ${close}`}`, repair)
  return fault('negative_figure', `volume is negative: ${row[VOLUME]}`, 'Correct it, or write 0')
}

/** A bar's time against the one before it (NaN at the first). */
export function timeFault(time: number, before: number): RowFault | undefined {
  if (time > before && isPlausibleTime(time) && Number.isInteger(time)) return undefined
  if (Number.isNaN(time)) return fault('bad_time', 'the time is empty or not a time', TIME_HINT)
  if (!isPlausibleTime(time)) {
    const unit = time >= SECOND_MS ** 4 ? '; it looks like microseconds' : ''
    return fault('bad_time', `the time ${time} lies outside 2000 to 2100${unit}`, 'Write milliseconds since 1970')
  }
  if (!Number.isInteger(time))
    return fault('bad_time', `the time ${time} is not on a whole millisecond`, 'Write the time at which the bar opens')
  if (time === before)
    return fault('duplicate_bar', `the bar ${isoTime(epochMs(time))} stands there twice`, 'Remove one of the two rows')
  if (time < before)
    return fault(
      'unsorted',
      `${isoTime(epochMs(time))} comes after ${isoTime(epochMs(before))}`,
      'Sort the rows by time, oldest first',
    )
  return undefined
}
