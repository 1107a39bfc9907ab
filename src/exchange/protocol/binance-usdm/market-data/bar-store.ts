const COLUMNS = [
  'openTime',
  'time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'turnover',
  'takerBuyVolume',
  'markOpen',
  'markHigh',
  'markLow',
  'markClose',
  'openInterest',
  'longShortRatio',
] as const

/** `time`: when the bar became known; the rest as in a `BarEvent`. NaN = not known to the feed. */
export type BarRow = Readonly<Record<(typeof COLUMNS)[number], number>>

/** Closed bars of one symbol, ascending in time; the oldest are forgotten. */
export interface BarStore {
  readonly barMs: number
  length(): number
  add(row: BarRow): void
  /** The figure of the bar at `index`, 0 the oldest kept. */
  at(column: keyof BarRow, index: number): number
  /** Index of the first bar that opened at `time` or later. */
  from(time: number): number
  /** How many bars were known at `now`. */
  known(now: number): number
}

/** 173 days of bars of five minutes. */
export const BARS_KEPT = 50_000
const FIRST_CAPACITY = 1_024
/** Bars beyond those kept, so that forgetting them comes cheap. */
const SLACK = 5_000

/** @param kept bars at least [50,000] */
export function createBarStore(barMs: number, kept = BARS_KEPT): BarStore {
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(FIRST_CAPACITY)])) as Record<
    keyof BarRow,
    Float64Array
  >
  let length = 0
  const makeRoom = (): void => {
    const capacity = columns.openTime.length
    if (length < capacity) return
    if (capacity < kept + SLACK) {
      const larger = Math.min(2 * capacity, kept + SLACK)
      for (const name of COLUMNS) {
        const column = new Float64Array(larger)
        column.set(columns[name])
        columns[name] = column
      }
    } else {
      for (const name of COLUMNS) columns[name].copyWithin(0, length - kept)
      length = kept
    }
  }
  return {
    barMs,
    length: () => length,
    add(row) {
      makeRoom()
      for (const name of COLUMNS) columns[name][length] = row[name]
      length += 1
    },
    at: (column, index) => columns[column][index]!,
    from(time) {
      let low = 0
      let high = length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (columns.openTime[middle]! < time) low = middle + 1
        else high = middle
      }
      return low
    },
    known(now) {
      let count = length
      while (count > 0 && columns.time[count - 1]! > now) count -= 1
      return count
    },
  }
}
