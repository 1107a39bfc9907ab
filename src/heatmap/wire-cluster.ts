import { MAX_OPEN_INTEREST_USD, type LiquidationLevel, type QuarantineCode } from '../domain/cluster.ts'

/** A cluster as one provider wrote it, after the judgements that need nothing but itself. */
export interface WireCluster {
  readonly level: LiquidationLevel
  /** Unsigned percent of the provider's price; `null` where absent. */
  readonly reportedDistancePct: number | null
}

const SPELLING_TOLERANCE = 5e-3
const MIN_TIER = 1
const MAX_TIER = 200

type Field =
  | { readonly kind: 'absent' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'mistyped' }

function numberField(record: Readonly<Record<string, unknown>>, name: string): Field {
  const value = Object.hasOwn(record, name) ? record[name] : undefined
  if (value === undefined || value === null) return { kind: 'absent' }
  return typeof value === 'number' ? { kind: 'number', value } : { kind: 'mistyped' }
}

const valueOf = (field: Field): number | null => (field.kind === 'number' ? field.value : null)

/** The notional in any of the spellings in use, which must agree within 0.5 %. */
function notionalOf(spellings: readonly (number | null)[]): number | null | 'conflict' {
  const given = spellings.filter((value) => value !== null)
  const first = given[0]
  if (first === undefined) return null
  return given.every((value) => Math.abs(value - first) <= SPELLING_TOLERANCE * first) ? first : 'conflict'
}

/** Reads one cluster, or says why it is quarantined. Unknown fields are ignored. */
export function readWireCluster(raw: unknown): WireCluster | QuarantineCode {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return 'BAD_SCHEMA'
  const record = raw as Readonly<Record<string, unknown>>
  const side = Object.hasOwn(record, 'side') ? record['side'] : undefined
  if (side !== 'long' && side !== 'short') return 'BAD_SCHEMA'
  const field = (name: string): Field => numberField(record, name)
  const [price, strength, low, high] = [
    field('price_level'),
    field('strength'),
    field('price_low'),
    field('price_high'),
  ]
  const [tier, distance] = [field('leverage_tier'), field('distance_from_price')]
  const notionals = [field('open_interest'), field('total_notional'), field('oi_usd')]
  if (price.kind !== 'number' || strength.kind !== 'number') return 'BAD_SCHEMA'
  const optional = [low, high, tier, distance, ...notionals]
  if (optional.some((f) => f.kind === 'mistyped')) return 'BAD_SCHEMA'
  const given = [price, strength, ...optional].flatMap((f) => (f.kind === 'number' ? [f.value] : []))
  if (!given.every(Number.isFinite)) return 'NON_FINITE'

  const priceMode = price.value
  const priceLow = valueOf(low) ?? priceMode
  const priceHigh = valueOf(high) ?? priceMode
  const positive = [priceLow, priceMode, priceHigh, ...notionals.map(valueOf).filter((value) => value !== null)]
  if (positive.some((value) => value <= 0)) return 'NON_POSITIVE'
  if (!(priceLow <= priceMode && priceMode <= priceHigh)) return 'BAD_SCHEMA'
  if (strength.value < 0 || strength.value > 1) return 'STRENGTH_RANGE'
  const leverage = valueOf(tier)
  if (leverage !== null && (leverage < MIN_TIER || leverage > MAX_TIER)) return 'TIER_UNKNOWN'
  const notionalUsd = notionalOf(notionals.map(valueOf))
  if (notionalUsd === 'conflict') return 'SPELLING_CONFLICT'
  if (notionalUsd !== null && notionalUsd > MAX_OPEN_INTEREST_USD) return 'NOTIONAL_OUTLIER'
  return {
    level: {
      id: null,
      parentIds: [],
      side,
      priceLow,
      priceMode,
      priceHigh,
      notionalUsd,
      mass: null,
      strength: strength.value,
      leverage,
    },
    reportedDistancePct: valueOf(distance),
  }
}
