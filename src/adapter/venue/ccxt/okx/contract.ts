import { Dec, ZERO, type Decimal } from '../../../../domain/decimal.ts'
import type { Instrument, MarginTier } from '../../../../domain/instrument.ts'
import type { Quantity } from '../../../../domain/unit.ts'
import { decimalAt, decimalIn, fieldsOf, numberAt, rowsOf, textAt, type Fields } from '../../../ccxt/wire-field.ts'
import type { Listing } from '../opening.ts'
import type { Wire } from '../wire.ts'
import { COST } from './cost.ts'

/** A swap and the base units in one of its contracts: OKX counts in contracts, the bot in base units. */
export interface Contract {
  readonly instrument: Instrument
  readonly instId: string
  readonly baseUnits: Decimal
}

export const contractsOf = (contract: Contract, quantity: Decimal): string => quantity.div(contract.baseUnits).toFixed()
export const baseUnitsOf = (contract: Contract, contracts: Decimal): Quantity =>
  contracts.times(contract.baseUnits) as Quantity

export const dataOf = (answer: unknown, what: string): readonly Fields[] => rowsOf(fieldsOf(answer, what)['data'], what)

/**
 * Everything listed, by the spelling without dashes.
 * @param found is told of each contract that is read
 */
export async function readListings(
  wire: Wire,
  found: (contract: Contract) => void,
): Promise<ReadonlyMap<string, Listing>> {
  const parameters = { instType: 'SWAP' }
  const answer = await wire.ask('query', { method: 'publicGetPublicInstruments', cost: COST.one, parameters })
  const listings = new Map<string, Listing>()
  for (const row of dataOf(answer, 'instruments')) {
    const instId = textAt(row, 'instId')
    const [base = '', quote = ''] = instId.split('-')
    listings.set(`${base}${quote}`, listingOf(row, instId, base, quote, wire, found))
  }
  return listings
}

function listingOf(
  row: Fields,
  instId: string,
  base: string,
  quote: string,
  wire: Wire,
  found: (contract: Contract) => void,
): Listing {
  if (row['ctType'] !== 'linear' || row['settleCcy'] !== quote) return { kind: 'other' }
  const status = textAt(row, 'state')
  const instrument = async (index: number): Promise<Instrument> => {
    const baseUnits = decimalAt(row, 'ctVal').times(decimalIn(row, 'ctMult') ?? 1)
    const tickSize = decimalAt(row, 'tickSz')
    const lotSize = decimalAt(row, 'lotSz').times(baseUnits)
    const most = Dec.min(decimalAt(row, 'maxMktSz'), decimalAt(row, 'maxLmtSz'))
    const read: Instrument = {
      index,
      symbol: `${base}${quote}`,
      unified: `${base}/${quote}:${quote}`,
      base,
      quote,
      tickSize,
      tick: tickSize.toNumber(),
      lotSize,
      lot: lotSize.toNumber(),
      minQuantity: decimalAt(row, 'minSz').times(baseUnits),
      maxQuantity: most.times(baseUnits),
      minNotional: ZERO,
      marginTiers: await readTiers(wire, instId, baseUnits),
      // The venue's limits follow the market and are told elsewhere, for the moment alone.
      priceBand: null,
    }
    found({ instrument: read, instId, baseUnits })
    return read
  }
  return status === 'live' ? { kind: 'perpetual', instrument } : { kind: 'closed', status, instrument }
}

/** The venue's tiers are in contracts; their bounds in USD are those of the mark price at this moment. */
async function readTiers(wire: Wire, instId: string, baseUnits: Decimal): Promise<readonly MarginTier[]> {
  const instFamily = instId.replace(/-SWAP$/, '')
  const [tiers, marks] = await Promise.all([
    wire.ask('query', {
      method: 'publicGetPublicPositionTiers',
      cost: COST.tiers,
      parameters: { instType: 'SWAP', tdMode: 'isolated', instFamily },
    }),
    wire.ask('query', { method: 'publicGetPublicMarkPrice', cost: COST.one, parameters: { instType: 'SWAP', instId } }),
  ])
  const usd = baseUnits.toNumber() * numberAt(fieldsOf(dataOf(marks, 'mark-price')[0], 'mark-price'), 'markPx')
  let deductionUsd = 0
  let before = Number.NaN
  return dataOf(tiers, 'position-tiers')
    .toSorted((a, b) => numberAt(a, 'maxSz') - numberAt(b, 'maxSz'))
    .map((row) => {
      const floorUsd = numberAt(row, 'minSz') * usd
      const maintenanceRatio = numberAt(row, 'mmr')
      if (!Number.isNaN(before)) deductionUsd += floorUsd * (maintenanceRatio - before)
      before = maintenanceRatio
      return {
        floorUsd,
        capUsd: numberAt(row, 'maxSz') * usd,
        maintenanceRatio,
        deductionUsd,
        maxLeverage: numberAt(row, 'maxLever'),
      }
    })
}
