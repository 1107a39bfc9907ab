import { Dec } from '../domain/decimal.ts'
import { splitSymbol, type Instrument, type MarginTier } from '../domain/instrument.ts'

/** cap in USD, maintenance rate, largest leverage */
type Bracket = readonly [capUsd: number, maintenanceRatio: number, maxLeverage: number]

/** Completes a table with floors and with the deductions that keep maintenance margin continuous. */
export function marginTiers(brackets: readonly Bracket[]): readonly MarginTier[] {
  let floorUsd = 0
  let before = brackets[0]?.[1] ?? 0
  let deductionUsd = 0
  return brackets.map(([capUsd, maintenanceRatio, maxLeverage]) => {
    deductionUsd += Math.round(floorUsd * (maintenanceRatio - before) * 100) / 100
    const tier = { floorUsd, capUsd, maintenanceRatio, deductionUsd, maxLeverage }
    floorUsd = capUsd
    before = maintenanceRatio
    return tier
  })
}

/** Binance's BTCUSDT brackets as of October 2024, up to the sixth. */
const BTC: readonly Bracket[] = [
  [50_000, 0.004, 125],
  [600_000, 0.005, 100],
  [3_000_000, 0.0065, 75],
  [12_000_000, 0.01, 50],
  [70_000_000, 0.02, 25],
  [100_000_000, 0.025, 20],
]
/** An assumption in the shape of the published tables: smaller caps for a thinner market. */
const ETH: readonly Bracket[] = [
  [50_000, 0.004, 125],
  [600_000, 0.005, 100],
  [3_000_000, 0.0065, 75],
  [12_000_000, 0.01, 50],
  [50_000_000, 0.02, 25],
  [65_000_000, 0.03, 20],
]
/** An assumption, likewise. */
const SOL: readonly Bracket[] = [
  [50_000, 0.005, 100],
  [250_000, 0.0065, 75],
  [1_500_000, 0.01, 50],
  [6_000_000, 0.02, 25],
  [20_000_000, 0.025, 20],
]
/** An assumption for anything else. */
const OTHER: readonly Bracket[] = [
  [25_000, 0.01, 50],
  [150_000, 0.02, 25],
  [750_000, 0.025, 20],
  [2_000_000, 0.05, 10],
  [10_000_000, 0.1, 5],
]

interface Specification {
  readonly tick: string
  readonly lot: string
  readonly maxQuantity: string
  readonly minNotional: string
  readonly brackets: readonly Bracket[]
}

/** Filters in the size of Binance's (2025). */
const KNOWN: Readonly<Record<string, Specification>> = {
  BTCUSDT: { tick: '0.1', lot: '0.001', maxQuantity: '1000', minNotional: '100', brackets: BTC },
  ETHUSDT: { tick: '0.01', lot: '0.001', maxQuantity: '10000', minNotional: '20', brackets: ETH },
  SOLUSDT: { tick: '0.01', lot: '0.01', maxQuantity: '1000000', minNotional: '5', brackets: SOL },
}

/** Five significant digits of price, lots of one to ten units of the quote currency. */
function derive(referencePrice: number): Specification {
  const digits = Math.floor(Math.log10(referencePrice))
  const ten = new Dec(10)
  return {
    tick: ten.pow(digits - 4).toString(),
    lot: ten.pow(-digits).toString(),
    maxQuantity: ten.pow(6 - digits).toString(),
    minNotional: '5',
    brackets: OTHER,
  }
}

/**
 * The contract of a symbol on the embedded exchange. Symbols that it does not know get steps that suit their price.
 * Throws when the symbol has no known quote currency, or a symbol it does not know comes without a positive price.
 */
export function listInstrument(symbol: string, index: number, referencePrice: number): Instrument {
  const parts = splitSymbol(symbol)
  if (parts === undefined) throw new RangeError(`${symbol} has no known quote currency`)
  const known = KNOWN[symbol]
  if (known === undefined && !(referencePrice > 0 && referencePrice < Infinity))
    throw new RangeError(`${symbol} needs a reference price`)
  const { tick, lot, maxQuantity, minNotional, brackets } = known ?? derive(referencePrice)
  return {
    index,
    symbol,
    unified: `${parts.base}/${parts.quote}:${parts.quote}`,
    base: parts.base,
    quote: parts.quote,
    tickSize: new Dec(tick),
    tick: Number(tick),
    lotSize: new Dec(lot),
    lot: Number(lot),
    minQuantity: new Dec(lot),
    maxQuantity: new Dec(maxQuantity),
    minNotional: new Dec(minNotional),
    marginTiers: marginTiers(brackets),
    priceBand: null,
  }
}

/** The margin tiers of a symbol as they are assumed here, for a contract whose venue does not publish them. */
export const assumedTiers = (symbol: string): readonly MarginTier[] => marginTiers(KNOWN[symbol]?.brackets ?? OTHER)

/** The contracts that the exchange knows by name, in the order of their indices. */
export const listedInstruments = (): readonly Instrument[] =>
  Object.keys(KNOWN).map((symbol, index) => listInstrument(symbol, index, Number.NaN))
