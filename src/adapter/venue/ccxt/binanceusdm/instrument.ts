import { Dec } from '../../../../domain/decimal.ts'
import type { Instrument, MarginTier, PriceBand } from '../../../../domain/instrument.ts'
import type { Listing } from '../opening.ts'
import { decimalAt, fieldsOf, numberAt, rowsOf, textAt, textIn, type Fields } from '../../../ccxt/wire-field.ts'

const PERPETUAL_DELIVERY = '4133404800000'

/** Every contract of the venue by symbol. */
export function readListings(exchangeInfo: unknown, leverageBracket: unknown): ReadonlyMap<string, Listing> {
  const tiers = readMarginTiers(leverageBracket)
  const listings = new Map<string, Listing>()
  for (const fields of rowsOf(fieldsOf(exchangeInfo, 'exchangeInfo')['symbols'], 'symbols')) {
    const symbol = textAt(fields, 'symbol')
    listings.set(symbol, listingOf(fields, tiers.get(symbol) ?? []))
  }
  return listings
}

function listingOf(fields: Fields, tiers: readonly MarginTier[]): Listing {
  const perpetual = fields['contractType'] === 'PERPETUAL' || textIn(fields, 'deliveryDate') === PERPETUAL_DELIVERY
  if (!perpetual) return { kind: 'other' }
  const status = textIn(fields, 'status') ?? ''
  // Of a contract that is over a part may be missing, which is for whoever needs it to know.
  const instrument = async (index: number): Promise<Instrument> => readInstrument(fields, index, tiers)
  return status === 'TRADING' ? { kind: 'perpetual', instrument } : { kind: 'closed', status, instrument }
}

/** Builds the noun from the venue's filters; throws a `WireError` where one is missing. */
function readInstrument(fields: Fields, index: number, marginTiers: readonly MarginTier[]): Instrument {
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
    priceBand: readBand(filters.get('PERCENT_PRICE')),
  }
}

const readBand = (filter: Fields | undefined): PriceBand | null =>
  filter === undefined ? null : { up: numberAt(filter, 'multiplierUp'), down: numberAt(filter, 'multiplierDown') }

/** Maintenance-margin tables by symbol. */
function readMarginTiers(leverageBracket: unknown): ReadonlyMap<string, readonly MarginTier[]> {
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
