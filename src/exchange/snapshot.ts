import type { AccountSnapshot } from '../domain/event.ts'
import { type EpochMs, type Money, price, type Quantity } from '../domain/unit.ts'
import type { Core } from './core.ts'
import { entryPriceOf } from './position.ts'

/** The account as the exchange sees it. */
export const snapshotOf = (core: Core, at: EpochMs): AccountSnapshot => ({
  kind: 'account_snapshot',
  time: at,
  wallet: core.books.wallet as Money,
  positions: core.listed
    .filter((slot) => slot.size !== 0)
    .map((slot) => ({
      instrument: slot.instrument,
      direction: slot.size > 0 ? 'LONG' : 'SHORT',
      quantity: slot.position.signed.abs() as Quantity,
      entryPrice: entryPriceOf(slot.position),
      liquidationPrice: Number.isNaN(slot.liquidation) ? null : price(slot.liquidation),
    })),
  openOrders: core.listed.flatMap((slot) =>
    slot.orders.map(({ request, filled }) => ({
      clientOrderId: request.clientOrderId,
      instrument: slot.instrument,
      filled: filled as Quantity,
    })),
  ),
})
