import { Dec } from '../../domain/decimal.ts'
import type { Instrument, MarginTier } from '../../domain/instrument.ts'

interface Listing {
  readonly symbol: string
  readonly base: string
  readonly tick: string
  readonly lot: string
  readonly maxQuantity: string
  /** Upper bound in USD, maintenance ratio, most leverage. */
  readonly tiers: readonly (readonly [capUsd: number, maintenanceRatio: number, maxLeverage: number])[]
}

/** In the shape of Binance USDⓈ-M brackets (BTCUSDT: those of October 2024). */
const LISTINGS: readonly Listing[] = [
  {
    symbol: 'BTCUSDT',
    base: 'BTC',
    tick: '0.1',
    lot: '0.001',
    maxQuantity: '120',
    tiers: [
      [50_000, 0.004, 125],
      [600_000, 0.005, 100],
      [3_000_000, 0.0065, 75],
      [12_000_000, 0.01, 50],
      [70_000_000, 0.02, 25],
      [100_000_000, 0.025, 20],
    ],
  },
  {
    symbol: 'ETHUSDT',
    base: 'ETH',
    tick: '0.01',
    lot: '0.001',
    maxQuantity: '2000',
    tiers: [
      [50_000, 0.004, 125],
      [600_000, 0.005, 100],
      [3_000_000, 0.0065, 75],
      [12_000_000, 0.01, 50],
      [50_000_000, 0.02, 25],
      [65_000_000, 0.03, 10],
    ],
  },
  {
    symbol: 'SOLUSDT',
    base: 'SOL',
    tick: '0.01',
    lot: '0.01',
    maxQuantity: '20000',
    tiers: [
      [10_000, 0.005, 100],
      [75_000, 0.0065, 75],
      [600_000, 0.01, 50],
      [3_000_000, 0.02, 25],
      [12_000_000, 0.025, 20],
      [60_000_000, 0.05, 10],
    ],
  },
]

/** The contracts the crowd can trade, indexed in the order given; throws on a symbol it does not know. */
export function crowdInstruments(symbols: readonly string[]): readonly Instrument[] {
  return symbols.map((symbol, index) => {
    const listing = LISTINGS.find((l) => l.symbol === symbol)
    if (!listing) throw new RangeError(`the crowd knows no ${symbol}`)
    const { base, tick, lot, maxQuantity } = listing
    return {
      index,
      symbol,
      unified: `${base}/USDT:USDT`,
      base,
      quote: 'USDT',
      tickSize: new Dec(tick),
      tick: Number(tick),
      lotSize: new Dec(lot),
      lot: Number(lot),
      minQuantity: new Dec(lot),
      maxQuantity: new Dec(maxQuantity),
      minNotional: new Dec(5),
      marginTiers: marginTiers(listing.tiers),
    }
  })
}

/** Deductions keep maintenance margin continuous: deduction += floor × (ratio − ratio of the bracket below). */
function marginTiers(rows: Listing['tiers']): readonly MarginTier[] {
  let floorUsd = 0
  let below = 0
  let deduction = new Dec(0)
  return rows.map(([capUsd, maintenanceRatio, maxLeverage]) => {
    deduction = deduction.plus(new Dec(maintenanceRatio).minus(below).times(floorUsd))
    const tier = { floorUsd, capUsd, maintenanceRatio, deductionUsd: deduction.toNumber(), maxLeverage }
    floorUsd = capUsd
    below = maintenanceRatio
    return tier
  })
}
