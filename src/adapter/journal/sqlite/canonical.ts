import { Dec } from '../../../domain/decimal.ts'

const isInstrument = (value: object): value is { readonly symbol: string } => 'symbol' in value && 'tickSize' in value

/**
 * JSON of one spelling: keys in order, Decimals as text without exponents, an instrument as its symbol, and `null` for
 * what is no finite number. Equal values give equal text, so that a hash of it means something.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null'
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      return value === null ? 'null' : objectJson(value)
    default:
      return 'null'
  }
}

function objectJson(value: object): string {
  if (Dec.isDecimal(value)) return `"${value.toFixed()}"`
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (isInstrument(value)) return JSON.stringify(value.symbol)
  const fields: string[] = []
  for (const [key, field] of Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    if (field !== undefined) fields.push(`${JSON.stringify(key)}:${canonicalJson(field)}`)
  return `{${fields.join(',')}}`
}
