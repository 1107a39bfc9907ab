import { Dec, wholeSteps, type Decimal } from './decimal.ts'
import type { OrderSide } from './side.ts'
import type { Quantity } from './unit.ts'

/** One bracket of a venue's maintenance-margin table; bounds are position notional in USD. */
export interface MarginTier {
  readonly floorUsd: number
  readonly capUsd: number
  readonly maintenanceRatio: number
  /** The deduction that keeps maintenance margin continuous across brackets. */
  readonly deductionUsd: number
  readonly maxLeverage: number
}

/** How far from the mark an order may be priced, as factors of it: buys not above `up`, sells not below `down`. */
export interface PriceBand {
  readonly up: number
  readonly down: number
}

/** What of a contract the venue may change while it is traded. */
export interface ContractTerms {
  readonly tickSize: Decimal
  readonly tick: number
  readonly lotSize: Decimal
  readonly lot: number
  readonly minQuantity: Decimal
  readonly maxQuantity: Decimal
  readonly minNotional: Decimal
  readonly marginTiers: readonly MarginTier[]
  /** `null`: the venue has none, or does not tell it. */
  readonly priceBand: PriceBand | null
}

/** A linear perpetual: quantities in base units, prices and profits in the quote currency. */
export interface Instrument extends ContractTerms {
  /** Dense index within this process, for arrays on the hot path. */
  readonly index: number
  /** The venue's spelling, as the heatmap document uses it: `BTCUSDT`. */
  readonly symbol: string
  /** The unified spelling: `BTC/USDT:USDT`. */
  readonly unified: string
  readonly base: string
  readonly quote: string
}

/** The terms of a contract alone. */
export const termsOf = (terms: ContractTerms): ContractTerms => ({
  tickSize: terms.tickSize,
  tick: terms.tick,
  lotSize: terms.lotSize,
  lot: terms.lot,
  minQuantity: terms.minQuantity,
  maxQuantity: terms.maxQuantity,
  minNotional: terms.minNotional,
  marginTiers: terms.marginTiers,
  priceBand: terms.priceBand,
})

/**
 * Writes new terms into the one object by which everybody knows the contract. Only who owns it may: the engine for the
 * bot, the embedded exchange for itself.
 */
export function amendTerms(instrument: Instrument, terms: Partial<ContractTerms>): void {
  Object.assign(instrument, terms)
}

/** The names of the terms that differ, as sentences have them; empty: none does. */
export function changedTerms(before: ContractTerms, after: ContractTerms): readonly string[] {
  const sizes = (
    [
      ['tick size', before.tickSize, after.tickSize],
      ['lot size', before.lotSize, after.lotSize],
      ['smallest quantity', before.minQuantity, after.minQuantity],
      ['largest quantity', before.maxQuantity, after.maxQuantity],
      ['smallest value', before.minNotional, after.minNotional],
    ] as const
  ).flatMap(([name, was, is]) => (was.eq(is) ? [] : [`${name} ${was.toFixed()} → ${is.toFixed()}`]))
  const band =
    bandText(before.priceBand) === bandText(after.priceBand) ? [] : [`price band ${bandText(after.priceBand)}`]
  const tiers = JSON.stringify(before.marginTiers) === JSON.stringify(after.marginTiers) ? [] : ['margin brackets']
  return [...sizes, ...band, ...tiers]
}

const bandText = (band: PriceBand | null): string => (band ? `${band.down} to ${band.up} of the mark` : 'none')

/** Whether the venue takes an order at this price, the mark being what it is; not beyond a figure that is no number. */
export const isInBand = ({ up, down }: PriceBand, side: OrderSide, price: number, mark: number): boolean =>
  side === 'buy' ? price <= mark * up : price >= mark * down

/**
 * The smallest quantity the venue takes that closes all of a position, which may lie beside the grid since the venue has
 * changed it: a reduce-only order beyond the position is cut to it.
 */
export function closingQuantity(position: Decimal, { lotSize, minQuantity }: ContractTerms): Quantity {
  const size = wholeSteps(position, lotSize, true)
  return (size.lt(minQuantity) ? Dec.max(lotSize, minQuantity) : size) as Quantity
}

/** `BTC/USDT:USDT`, `BTC/USDT`, `btc-usdt`, `BTCUSDT` → `BTCUSDT`; `undefined` when it is no such symbol. */
export function normaliseSymbol(text: string): string | undefined {
  const symbol = text
    .trim()
    .toUpperCase()
    .replace(/:[A-Z]+$/, '')
    .replace(/[/_-]/g, '')
  return /^[A-Z0-9]{2,24}$/.test(symbol) ? symbol : undefined
}

const QUOTES = ['USDT', 'USDC', 'BUSD', 'USD'] as const

/** Splits `BTCUSDT` into base and quote; `undefined` when no known quote currency ends it. */
export function splitSymbol(symbol: string): { base: string; quote: string } | undefined {
  const quote = QUOTES.find((q) => symbol.endsWith(q) && symbol.length > q.length)
  return quote ? { base: symbol.slice(0, -quote.length), quote } : undefined
}
