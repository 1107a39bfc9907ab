import { FIELDS, type Field } from './header.ts'

export type BarFields = Readonly<Record<Field, Float64Array>>

export interface BarStore {
  append(row: Float64Array): void
  length(): number
  /** One array a field, as long as there are rows; the absent fields share one of NaN. */
  fields(): BarFields
}

/** Room for `capacity` rows of the fields that a file has. */
export function createBarStore(present: ReadonlySet<Field>, capacity: number): BarStore {
  const used = new Map([...present].map((field) => [field, new Float64Array(capacity)]))
  const targets = [...used.values()]
  const sources = Int8Array.from([...used.keys()], (field) => FIELDS.indexOf(field))
  let length = 0
  return {
    append(row) {
      for (let each = 0; each < targets.length; each++) targets[each]![length] = row[sources[each]!]!
      length++
    },
    length: () => length,
    fields() {
      const missing = new Float64Array(length).fill(Number.NaN)
      const valuesOf = (field: Field): Float64Array => used.get(field)?.subarray(0, length) ?? missing
      return {
        time: valuesOf('time'),
        open: valuesOf('open'),
        high: valuesOf('high'),
        low: valuesOf('low'),
        close: valuesOf('close'),
        volume: valuesOf('volume'),
        turnover: valuesOf('turnover'),
        open_interest: valuesOf('open_interest'),
        funding_rate: valuesOf('funding_rate'),
        long_short_ratio: valuesOf('long_short_ratio'),
        taker_buy_volume: valuesOf('taker_buy_volume'),
      }
    },
  }
}
