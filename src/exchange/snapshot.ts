import type { AccountSnapshot, ExecutionReport, OrderFilled, PositionForced } from '../domain/event.ts'
import { epochMs, type EpochMs, type Money, price, type Quantity } from '../domain/unit.ts'
import type { Core } from './core.ts'
import { entryPriceOf } from './position.ts'

/** The account as the exchange sees it. */
export const snapshotOf = (core: Core, at: EpochMs): AccountSnapshot => ({
  kind: 'account_snapshot',
  time: at,
  askedAt: at,
  wallet: core.books.wallet as Money,
  positions: core.listed
    .filter((slot) => slot.size !== 0)
    .map((slot) => ({
      instrument: slot.instrument,
      direction: slot.size > 0 ? 'LONG' : 'SHORT',
      quantity: slot.position.signed.abs() as Quantity,
      entryPrice: entryPriceOf(slot.position),
      liquidationPrice: Number.isNaN(slot.liquidation) ? null : price(slot.liquidation),
      leverage: slot.leverage,
      marginMode: core.parameters.marginMode,
    })),
  openOrders: core.listed.flatMap((slot) =>
    slot.orders.map(({ request, filled }) => ({
      clientOrderId: request.clientOrderId,
      instrument: slot.instrument,
      side: request.side,
      type: request.type,
      quantity: request.quantity,
      filled: filled as Quantity,
      price: request.price ?? null,
      triggerPrice: request.triggerPrice ?? null,
      reduceOnly: request.reduceOnly,
    })),
  ),
  executions: core.books.fills.map(executionOf),
  fundings: [...core.books.fundings],
  historyFrom: core.keepFills ? epochMs(core.historyFrom) : at,
})

function executionOf(fill: OrderFilled | PositionForced): ExecutionReport {
  const { instrument, venueTime, tradeId, side, price: at, quantity, fee } = fill
  const forced = fill.kind === 'position_forced'
  return {
    instrument,
    clientOrderId: forced ? '' : fill.clientOrderId,
    venueTime,
    tradeId,
    side,
    price: at,
    quantity,
    fee,
    liquidity: forced ? 'taker' : fill.liquidity,
    forced: forced ? fill.cause : null,
  }
}
