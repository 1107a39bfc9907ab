import { Dec } from '../../../../domain/decimal.ts'
import type { Instrument, MarginTier } from '../../../../domain/instrument.ts'
import {
  decimalAt,
  decimalIn,
  fieldsOf,
  numberAt,
  rowsOf,
  textAt,
  textIn,
  type Fields,
} from '../../../ccxt/wire-field.ts'
import type { Listing } from '../opening.ts'
import type { Parameters, Wire } from '../wire.ts'
import { COST } from './cost.ts'

const PAGE = 1_000
const MAX_PAGES = 10

/** `result` of an answer; ccxt has seen to the code. */
export const resultOf = (answer: unknown, what: string): Fields =>
  fieldsOf(fieldsOf(answer, what)['result'], `${what}: result`)

export async function readListings(wire: Wire): Promise<ReadonlyMap<string, Listing>> {
  const listings = new Map<string, Listing>()
  let cursor: string | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const parameters: Parameters = { category: 'linear', limit: PAGE, ...(cursor !== undefined && { cursor }) }
    const answer = await wire.ask('query', { method: 'publicGetV5MarketInstrumentsInfo', cost: COST.one, parameters })
    const result = resultOf(answer, 'instruments')
    for (const row of rowsOf(result['list'], 'instruments')) listings.set(textAt(row, 'symbol'), listingOf(row, wire))
    cursor = textIn(result, 'nextPageCursor')
    if (cursor === undefined) break
  }
  return listings
}

function listingOf(row: Fields, wire: Wire): Listing {
  if (row['contractType'] !== 'LinearPerpetual' || row['settleCoin'] !== row['quoteCoin']) return { kind: 'other' }
  const status = textAt(row, 'status')
  const instrument = async (index: number): Promise<Instrument> =>
    readInstrument(row, index, await readTiers(row, wire))
  return status === 'Trading' ? { kind: 'perpetual', instrument } : { kind: 'closed', status, instrument }
}

async function readTiers(row: Fields, wire: Wire): Promise<readonly MarginTier[]> {
  const answer = await wire.ask('query', {
    method: 'publicGetV5MarketRiskLimit',
    cost: COST.one,
    parameters: { category: 'linear', symbol: textAt(row, 'symbol') },
  })
  let floorUsd = 0
  return rowsOf(resultOf(answer, 'risk-limit')['list'], 'risk-limit')
    .toSorted((a, b) => numberAt(a, 'riskLimitValue') - numberAt(b, 'riskLimitValue'))
    .map((tier) => {
      const capUsd = numberAt(tier, 'riskLimitValue')
      const read: MarginTier = {
        floorUsd,
        capUsd,
        maintenanceRatio: numberAt(tier, 'maintenanceMargin'),
        deductionUsd: decimalIn(tier, 'mmDeduction')?.toNumber() ?? 0,
        maxLeverage: numberAt(tier, 'maxLeverage'),
      }
      floorUsd = capUsd
      return read
    })
}

function readInstrument(row: Fields, index: number, marginTiers: readonly MarginTier[]): Instrument {
  const lots = fieldsOf(row['lotSizeFilter'], 'lotSizeFilter')
  const tickSize = decimalAt(fieldsOf(row['priceFilter'], 'priceFilter'), 'tickSize')
  const lotSize = decimalAt(lots, 'qtyStep')
  const base = textAt(row, 'baseCoin')
  const quote = textAt(row, 'quoteCoin')
  return {
    index,
    symbol: textAt(row, 'symbol'),
    unified: `${base}/${quote}:${textAt(row, 'settleCoin')}`,
    base,
    quote,
    tickSize,
    tick: tickSize.toNumber(),
    lotSize,
    lot: lotSize.toNumber(),
    minQuantity: decimalAt(lots, 'minOrderQty'),
    // Stops and exits are market orders: what both kinds allow is what may be held.
    maxQuantity: Dec.min(decimalAt(lots, 'maxOrderQty'), decimalAt(lots, 'maxMktOrderQty')),
    minNotional: decimalAt(lots, 'minNotionalValue'),
    marginTiers,
    // What the venue tells of its price limits is no bound that holds for longer than a moment.
    priceBand: null,
  }
}
