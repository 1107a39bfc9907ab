import { wholeSteps } from '../domain/decimal.ts'
import type { Instrument } from '../domain/instrument.ts'
import { offGrid } from '../domain/off-grid.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { Price } from '../domain/unit.ts'
import type { OpenTrade } from './open-trade.ts'

/**
 * Puts the prices at which a trade is to be left on the contract's present ticks. Towards the entry: a stop never risks
 * more than it was sized for.
 */
export function regrid(trade: OpenTrade): void {
  const { instrument, direction } = trade
  const long = direction === 'LONG'
  trade.stopPrice = onTick(trade.stopPrice, instrument, long)
  trade.targetPrice = onTick(trade.targetPrice, instrument, !long)
}

const onTick = (price: Price, { tickSize }: Instrument, up: boolean): Price => wholeSteps(price, tickSize, up) as Price

/** Whether the venue would still read the order's figures as it does at present: not when it has changed its steps since. */
export const isOnGrid = (request: OrderRequest): boolean =>
  offGrid(request) === null && request.quantity.gte(request.instrument.minQuantity)
