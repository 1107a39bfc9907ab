import { Dec } from '../../../../domain/decimal.ts'
import type { Instrument, MarginTier } from '../../../../domain/instrument.ts'
import { decimalAt, fieldsOf, numberAt, rowsOf, textAt, textIn, type Fields } from '../../../ccxt/wire-field.ts'

const PERPETUAL_DELIVERY = '4133404800000'

/** What the venue's list says about a symbol. */
export type Listing =
  | { readonly kind: 'perpetual'; readonly fields: Fields }
  | { readonly kind: 'closed'; readonly status: string }
  | { readonly kind: 'dated' }

/** Every contract of the venue by symbol. */
export function readListings(exchangeInfo: unknown): ReadonlyMap<string, Listing> {
  const listings = new Map<string, Listing>()
  for (const fields of rowsOf(fieldsOf(exchangeInfo, 'exchangeInfo')['symbols'], 'symbols')) {
    const status = textIn(fields, 'status') ?? ''
    const perpetual = fields['contractType'] === 'PERPETUAL' || textIn(fields, 'deliveryDate') === PERPETUAL_DELIVERY
    const listing: Listing = !perpetual
      ? { kind: 'dated' }
      : status === 'TRADING'
        ? { kind: 'perpetual', fields }
        : { kind: 'closed', status }
    listings.set(textAt(fields, 'symbol'), listing)
  }
  return listings
}

/** Builds the noun from the venue's filters; throws a `WireError` where one is missing. */
export function readInstrument(fields: Fields, index: number, marginTiers: readonly MarginTier[]): Instrument {
  const filters = new Map(rowsOf(fields['filters'], 'filters').map((row) => [textAt(row, 'filterType'), row]))
  const filter = (name: string): Fields => fieldsOf(filters.get(name), name)
  const lot = filter('LOT_SIZE')
  // Stops and exits are market orders: what both kinds allow is what may be held.
  const marketLot = filters.get('MARKET_LOT_SIZE') ?? lot
  const tickSize = decimalAt(filter('PRICE_FILTER'), 'tickSize')
  const lotSize = Dec.max(decimalAt(lot, 'stepSize'), decimalAt(marketLot, 'stepSize'))
  const base = textAt(fields, 'baseAsset')
  const quote = textAt(fields, 'quoteAsset')
  return {
    index,
    symbol: textAt(fields, 'symbol'),
    unified: `${base}/${quote}:${textIn(fields, 'marginAsset') ?? quote}`,
    base,
    quote,
    tickSize,
    tick: tickSize.toNumber(),
    lotSize,
    lot: lotSize.toNumber(),
    minQuantity: Dec.max(decimalAt(lot, 'minQty'), decimalAt(marketLot, 'minQty')),
    maxQuantity: Dec.min(decimalAt(lot, 'maxQty'), decimalAt(marketLot, 'maxQty')),
    minNotional: decimalAt(filter('MIN_NOTIONAL'), 'notional'),
    marginTiers,
  }
}

/** Maintenance-margin tables by symbol. */
export function readMarginTiers(leverageBracket: unknown): ReadonlyMap<string, readonly MarginTier[]> {
  return new Map(
    rowsOf(leverageBracket, 'leverageBracket').map((row) => [
      textAt(row, 'symbol'),
      rowsOf(row['brackets'], 'brackets')
        .map((bracket): MarginTier => ({
          floorUsd: numberAt(bracket, 'notionalFloor'),
          capUsd: numberAt(bracket, 'notionalCap'),
          maintenanceRatio: numberAt(bracket, 'maintMarginRatio'),
          deductionUsd: numberAt(bracket, 'cum'),
          maxLeverage: numberAt(bracket, 'initialLeverage'),
        }))
        .toSorted((a, b) => a.floorUsd - b.floorUsd),
    ]),
  )
}
