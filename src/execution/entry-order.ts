import { times, whole } from '../domain/exact.ts'
import type { OrderRequest } from '../domain/order.ts'
import { entrySide } from '../domain/side.ts'
import type { Price } from '../domain/unit.ts'
import type { OpenTrade } from './open-trade.ts'

export interface EntryTerms {
  /** `ioc`: a limit at the collar, the rest is dropped; `limit`: rests at the signal's price. */
  readonly orderType: 'ioc' | 'limit'
  /** How far from the mark an immediate entry may fill. */
  readonly collarRatio: number
}

/** The entry order: an IOC limit at the collar around `mark` (a market order with a floor), or a resting limit. */
export function entryOrder(trade: OpenTrade, mark: number, terms: EntryTerms): OrderRequest {
  const buying = trade.direction === 'LONG'
  const { tick, tickSize } = trade.instrument
  const limit =
    terms.orderType === 'limit'
      ? trade.candidate.entry
      : mark * (buying ? 1 + terms.collarRatio : 1 - terms.collarRatio)
  // Towards the mark, so that rounding never widens the collar.
  const ticks = buying ? Math.floor(limit / tick + 1e-9) : Math.ceil(limit / tick - 1e-9)
  return {
    clientOrderId: trade.entryId,
    instrument: trade.instrument,
    side: entrySide(trade.direction),
    type: 'limit',
    quantity: trade.planned,
    price: times(whole(ticks), tickSize) as Price,
    timeInForce: terms.orderType === 'limit' ? 'GTC' : 'IOC',
    reduceOnly: false,
    leg: 'entry',
    leverage: trade.leverage,
    tradeId: trade.id,
  }
}
