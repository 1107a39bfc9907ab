import { Dec, ZERO } from '../../../../domain/decimal.ts'
import type { FundingPaid, PositionReport } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import { epochMs, price, type EpochMs, type Money, type Price, type Quantity } from '../../../../domain/unit.ts'
import {
  decimalAt,
  fieldsOf,
  numberAt,
  rowsOf,
  textAt,
  timeAt,
  WireError,
  type Fields,
} from '../../../ccxt/wire-field.ts'
import { elsewhereIn, type TellElsewhere } from '../elsewhere.ts'
import type { InstrumentSettings } from '../dialect.ts'
import type { KeyRights } from '../key-rights.ts'
import { priceIn } from './order-answer.ts'

export function readPositions(
  answer: unknown,
  listed: ReadonlyMap<string, Instrument>,
  settings: ReadonlyMap<string, InstrumentSettings>,
  onElsewhere?: TellElsewhere,
): readonly PositionReport[] {
  const reports: PositionReport[] = []
  for (const row of rowsOf(answer, 'positionRisk')) {
    const amount = decimalAt(row, 'positionAmt')
    const instrument = listed.get(textAt(row, 'symbol'))
    if (amount.isZero()) continue
    if (!instrument) {
      onElsewhere?.(elsewhereIn('position', row, { symbol: 'symbol', quantity: 'positionAmt', price: 'entryPrice' }))
      continue
    }
    const own = settings.get(instrument.symbol)
    reports.push({
      instrument,
      direction: amount.gt(0) ? 'LONG' : 'SHORT',
      quantity: amount.abs() as Quantity,
      entryPrice: decimalAt(row, 'entryPrice') as Price,
      liquidationPrice: priceIn(row, 'liquidationPrice'),
      leverage: own?.leverage ?? null,
      marginMode: own?.marginMode ?? null,
    })
  }
  return reports
}

/** Wallet balance of the quote currency; zero where the account never held any. */
export function readWallet(answer: unknown, quote: string): Money {
  const assets = rowsOf(fieldsOf(answer, 'account')['assets'], 'assets')
  const own = assets.find((row) => row['asset'] === quote)
  return (own ? decimalAt(own, 'walletBalance') : ZERO) as Money
}

export function readSettings(answer: unknown): ReadonlyMap<string, InstrumentSettings> {
  return new Map(
    rowsOf(answer, 'symbolConfig').map((row) => {
      const symbol = textAt(row, 'symbol')
      const mode = textAt(row, 'marginType')
      if (mode !== 'ISOLATED' && mode !== 'CROSSED') throw new WireError(`margin type ${mode}`)
      const marginMode = mode === 'ISOLATED' ? 'isolated' : 'cross'
      return [symbol, { symbol, leverage: numberAt(row, 'leverage'), marginMode }]
    }),
  )
}

/** What the spot system says of the key. */
export function readRights(answer: unknown): KeyRights {
  const said = fieldsOf(answer, 'apiRestrictions')
  const flag = (name: string): boolean => {
    const value = said[name]
    if (typeof value !== 'boolean') throw new WireError(`${name} of apiRestrictions is no truth value`)
    return value
  }
  return {
    trade: flag('enableFutures'),
    withdraw: flag('enableWithdrawals'),
    transfer: flag('enableInternalTransfer') || flag('permitsUniversalTransfer'),
    restricted: flag('ipRestrict'),
  }
}

/** A settlement's rate and mark. */
export interface Settlement {
  readonly rate: number
  readonly mark: Price
}

/** The settlements of one symbol by their time, to the nearest second. */
export const readSettlements = (answer: unknown): ReadonlyMap<number, Settlement> =>
  new Map(
    rowsOf(answer, 'fundingRate').map((row) => [
      settlementKey(timeAt(row, 'fundingTime')),
      { rate: numberAt(row, 'fundingRate'), mark: priceIn(row, 'markPrice') ?? price(Number.NaN) },
    ]),
  )

/** Venues book a settlement some milliseconds after its time. */
export const settlementKey = (time: EpochMs): number => Math.floor(time / 60_000)

/**
 * A row of the funding income. The venue tells the amount alone: the position follows from the settlement it was paid
 * at, to the nearest lot; unknown settlements leave it zero.
 */
export function readFunding(
  row: Fields,
  instrument: Instrument,
  settlement: Settlement | undefined,
  now: EpochMs,
): FundingPaid {
  const amount = decimalAt(row, 'income')
  const rate = settlement?.rate ?? 0
  const known = settlement !== undefined && rate !== 0 && settlement.mark.isFinite()
  const raw = known ? amount.abs().div(settlement.mark.times(Math.abs(rate))) : ZERO
  return {
    kind: 'funding_paid',
    time: now,
    venueTime: epochMs(timeAt(row, 'time')),
    instrument,
    rate,
    mark: settlement?.mark ?? price(0),
    quantity: raw.toNearest(instrument.lotSize) as Quantity,
    // A positive rate is paid by longs.
    direction: amount.lt(0) === rate > 0 ? 'LONG' : 'SHORT',
    amount: new Dec(amount) as Money,
  }
}
