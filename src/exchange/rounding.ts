import { Dec, isWithin, type Decimal } from '../domain/decimal.ts'
import { times, whole } from '../domain/exact.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Price, Quantity } from '../domain/unit.ts'

/** Share of a tick or lot by which a double may miss a multiple and still count as that multiple. */
const TOLERANCE = 1e-6

/** Decimals of the quote currency at which the ledger cuts what division and doubles leave open. */
const MONEY_DECIMALS = 12

const tickDown = (value: number, instrument: Instrument): Price =>
  times(whole(Math.floor(value / instrument.tick + TOLERANCE)), instrument.tickSize) as Price

const tickUp = (value: number, instrument: Instrument): Price =>
  times(whole(Math.ceil(value / instrument.tick - TOLERANCE)), instrument.tickSize) as Price

/** Nearest tick that is not better for whoever trades at it: up for a buyer, down for a seller. */
export const tickAgainst = (sign: 1 | -1, value: number, instrument: Instrument): Price =>
  sign > 0 ? tickUp(value, instrument) : tickDown(value, instrument)

export const lotDown = (value: number, instrument: Instrument): Quantity =>
  times(whole(Math.floor(value / instrument.lot + TOLERANCE)), instrument.lotSize) as Quantity

export const cents = (value: Decimal): Decimal =>
  isWithin(value, MONEY_DECIMALS) ? value : value.toDecimalPlaces(MONEY_DECIMALS, Dec.ROUND_HALF_EVEN)
