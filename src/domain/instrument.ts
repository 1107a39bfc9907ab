import type { Decimal } from './decimal.ts'

/** One bracket of a venue's maintenance-margin table; bounds are position notional in USD. */
export interface MarginTier {
  readonly floorUsd: number
  readonly capUsd: number
  readonly maintenanceRatio: number
  /** The deduction that keeps maintenance margin continuous across brackets. */
  readonly deductionUsd: number
  readonly maxLeverage: number
}

/** A linear perpetual: quantities in base units, prices and profits in the quote currency. */
export interface Instrument {
  /** Dense index within this process, for arrays on the hot path. */
  readonly index: number
  /** The venue's spelling, as the heatmap document uses it: `BTCUSDT`. */
  readonly symbol: string
  /** The unified spelling: `BTC/USDT:USDT`. */
  readonly unified: string
  readonly base: string
  readonly quote: string
  readonly tickSize: Decimal
  readonly tick: number
  readonly lotSize: Decimal
  readonly lot: number
  readonly minQuantity: Decimal
  readonly maxQuantity: Decimal
  readonly minNotional: Decimal
  readonly marginTiers: readonly MarginTier[]
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
