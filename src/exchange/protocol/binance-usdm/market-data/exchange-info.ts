import { Dec } from '../../../../domain/decimal.ts'
import type { Instrument, PriceBand } from '../../../../domain/instrument.ts'
import type { StatusOf } from '../market-data-port.ts'
import { RATE_LIMITS } from './rate-limits.ts'

/** Open orders allowed a symbol, in each namespace. */
const MAX_NUM_ORDERS = 200
const MAX_NUM_ALGO_ORDERS = 10
/** How far from the mark an order may lie, as factors, where the contract says nothing else. */
export const PERCENT_PRICE: PriceBand = { up: 1.05, down: 0.95 }
const PERCENT_PRICE_DECIMALS = 4

/** A perpetual is never delivered; this is the date that stands for it. */
const NEVER = 4_133_404_800_000
const LISTED_AT = 1_569_398_400_000

const ORDER_TYPES = [
  'LIMIT',
  'MARKET',
  'STOP',
  'STOP_MARKET',
  'TAKE_PROFIT',
  'TAKE_PROFIT_MARKET',
  'TRAILING_STOP_MARKET',
] as const
const TIMES_IN_FORCE = ['GTC', 'IOC', 'FOK', 'GTX', 'GTD'] as const
/** Largest price in ticks, and the smallest. */
const MAX_TICKS = 45_297_640
const MIN_TICKS = 1

/** The body of `exchangeInfo`. */
export const exchangeInfo = (instruments: readonly Instrument[], now: number, statusOf: StatusOf): unknown => ({
  timezone: 'UTC',
  serverTime: now,
  futuresType: 'U_MARGINED',
  rateLimits: RATE_LIMITS,
  exchangeFilters: [],
  assets: [...new Set(instruments.map((each) => each.quote))].map((asset) => ({
    asset,
    marginAvailable: true,
    autoAssetExchange: '0',
  })),
  symbols: instruments.map((each) => symbolInfo(each, statusOf(each))),
})

function symbolInfo(instrument: Instrument, status: string): unknown {
  const { symbol, base, quote, tickSize, lotSize, minQuantity, maxQuantity, minNotional } = instrument
  const size = {
    minQty: minQuantity.toFixed(),
    maxQty: maxQuantity.toFixed(),
    stepSize: lotSize.toFixed(),
  }
  const { up, down } = instrument.priceBand ?? PERCENT_PRICE
  const percent = (factor: number): string => new Dec(factor).minus(1).abs().toFixed(PERCENT_PRICE_DECIMALS)
  return {
    symbol,
    pair: symbol,
    contractType: 'PERPETUAL',
    deliveryDate: NEVER,
    onboardDate: LISTED_AT,
    status,
    baseAsset: base,
    quoteAsset: quote,
    marginAsset: quote,
    pricePrecision: Math.max(0, tickSize.decimalPlaces()),
    quantityPrecision: Math.max(0, lotSize.decimalPlaces()),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    triggerProtect: percent(up),
    liquidationFee: '0.012500',
    marketTakeBound: percent(up),
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: tickSize.times(MIN_TICKS).toFixed(),
        maxPrice: tickSize.times(MAX_TICKS).toFixed(),
        tickSize: tickSize.toFixed(),
      },
      { filterType: 'LOT_SIZE', ...size },
      { filterType: 'MARKET_LOT_SIZE', ...size },
      { filterType: 'MIN_NOTIONAL', notional: minNotional.toFixed() },
      { filterType: 'MAX_NUM_ORDERS', limit: MAX_NUM_ORDERS },
      { filterType: 'MAX_NUM_ALGO_ORDERS', limit: MAX_NUM_ALGO_ORDERS },
      {
        filterType: 'PERCENT_PRICE',
        multiplierUp: up.toFixed(PERCENT_PRICE_DECIMALS),
        multiplierDown: down.toFixed(PERCENT_PRICE_DECIMALS),
        multiplierDecimal: String(PERCENT_PRICE_DECIMALS),
      },
    ],
    orderTypes: ORDER_TYPES,
    timeInForce: TIMES_IN_FORCE,
  }
}
