import { problem, type Problem } from '../../domain/problem.ts'
import { printableNames } from './printable.ts'

/** The figures of a bar, in the order of the columns that hold them. */
export const FIELDS = [
  'time',
  'open',
  'high',
  'low',
  'close',
  'volume',
  'turnover',
  'open_interest',
  'funding_rate',
  'long_short_ratio',
  'taker_buy_volume',
] as const
export type Field = (typeof FIELDS)[number]

const REQUIRED: readonly Field[] = ['time', 'open', 'high', 'low', 'close', 'volume']

/** Other names of a field, the preferred one first. */
const NAMES: Readonly<Record<Field, readonly string[]>> = {
  time: ['ts', 'timestamp', 'open_time'],
  open: ['open'],
  high: ['high'],
  low: ['low'],
  close: ['close'],
  volume: ['volume'],
  turnover: ['turnover', 'quote_volume'],
  open_interest: ['open_interest'],
  funding_rate: ['funding_rate'],
  long_short_ratio: ['long_short_ratio'],
  taker_buy_volume: ['taker_buy_volume'],
}

/** What an exporter that holds several markets in one file puts behind a name. */
const SUFFIX = /(?:_(?:perp|raw))?(?:_(?:binance|bybit|okx|bitget|gate|kraken|hyperliquid|deribit|kucoin|mexc))?$/

export type Header =
  | {
      readonly kind: 'ok'
      /** For each column of the file the index of its field, -1 where the column is not used. */
      readonly fields: Int8Array
      readonly present: ReadonlySet<Field>
    }
  | { readonly kind: 'invalid'; readonly problem: Problem }

/** Finds the fields by the names in the first line. `where` names the file. */
export function readHeader(where: string, names: readonly string[]): Header {
  const lower = names.map((name) => name.toLowerCase())
  const at = `${where}:1`
  if (lower.every((name) => name === '' || !Number.isNaN(Number(name)))) {
    return {
      kind: 'invalid',
      problem: problem(
        'no_header',
        at,
        'the first line holds numbers, not names of columns',
        `Put a header above it: ts,${REQUIRED.slice(1).join(',')}`,
      ),
    }
  }
  const fields = new Int8Array(names.length).fill(-1)
  const present = new Set<Field>()
  for (const [index, field] of FIELDS.entries()) {
    const found = columnsOf(field, lower)
    if (found.length > 1) {
      const which = printableNames(found.map((column) => names[column]!))
      return {
        kind: 'invalid',
        problem: problem(
          'ambiguous_column',
          at,
          `several columns could be the ${field}: ${which}`,
          `Keep one of them, or name it ${NAMES[field][0]}`,
        ),
      }
    }
    if (found.length === 0) continue
    fields[found[0]!] = index
    present.add(field)
  }
  const missing = REQUIRED.filter((field) => !present.has(field))
  if (missing.length === 0) return { kind: 'ok', fields, present }
  const wanted = missing.map((field) => NAMES[field].join(' or ')).join(', ')
  const separator =
    names.length === 1 && /[;\t]/.test(names[0] ?? '')
      ? 'Separate the columns with commas'
      : `Columns found: ${printableNames(names)}`
  return { kind: 'invalid', problem: problem('missing_column', at, `no column ${wanted}`, separator) }
}

/** Columns by their plain name, by preference; only without one, those with a suffix. */
function columnsOf(field: Field, lower: readonly string[]): readonly number[] {
  const indexes = lower.map((_, index) => index)
  for (const name of NAMES[field]) {
    const exact = indexes.filter((index) => lower[index] === name)
    if (exact.length > 0) return exact
  }
  return indexes.filter((index) => NAMES[field].includes((lower[index] ?? '').replace(SUFFIX, '')))
}
