import { ZERO } from '../../../../domain/decimal.ts'
import type { ForcedCause } from '../../../../domain/event.ts'
import type { Instrument } from '../../../../domain/instrument.ts'
import type { OrderType } from '../../../../domain/order.ts'
import type { OrderSide } from '../../../../domain/side.ts'
import type { Money, Price, Quantity } from '../../../../domain/unit.ts'
import {
  decimalAt,
  decimalIn,
  flagIn,
  textAt,
  textIn,
  timeAt,
  WireError,
  type Fields,
} from '../../../ccxt/wire-field.ts'
import type { VenueExecution, VenueOrder, VenueOrderStatus } from '../dialect.ts'

const TYPES: Readonly<Record<string, OrderType>> = {
  MARKET: 'market',
  LIMIT: 'limit',
  STOP_MARKET: 'stop_market',
  TAKE_PROFIT_MARKET: 'take_profit_market',
}

const STATUSES: Readonly<Record<string, VenueOrderStatus>> = {
  NEW: 'open',
  PARTIALLY_FILLED: 'open',
  FILLED: 'filled',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
  EXPIRED_IN_MATCH: 'expired',
  // Liquidation and deleveraging say so instead of naming a state.
  NEW_INSURANCE: 'filled',
  NEW_ADL: 'filled',
}

/** `FINISHED` speaks of the trigger, not of a fill: how the child ended is the child's to tell. */
const ALGO_STATUSES: Readonly<Record<string, VenueOrderStatus>> = {
  NEW: 'open',
  TRIGGERING: 'triggered',
  TRIGGERED: 'triggered',
  FINISHED: 'triggered',
  CANCELED: 'canceled',
  EXPIRED: 'expired',
  REJECTED: 'rejected',
}

/** Client ids of the orders by which the venue itself closes positions. The longer prefix comes first. */
const FORCED: readonly (readonly [prefix: string, cause: ForcedCause])[] = [
  ['settlement_autoclose-', 'settlement'],
  ['adl_autoclose', 'adl'],
  ['autoclose-', 'liquidation'],
]

export const forcedCause = (clientOrderId: string): ForcedCause | null =>
  FORCED.find(([prefix]) => clientOrderId.startsWith(prefix))?.[1] ?? null

export const orderType = (text: string | undefined): OrderType | 'other' => TYPES[text ?? ''] ?? 'other'

export function orderSide(text: string): OrderSide {
  if (text === 'BUY') return 'buy'
  if (text === 'SELL') return 'sell'
  throw new WireError(`side ${text}`)
}

export function orderStatus(text: string): VenueOrderStatus {
  const status = STATUSES[text]
  if (!status) throw new WireError(`order status ${text}`)
  return status
}

export function algoStatus(text: string): VenueOrderStatus {
  const status = ALGO_STATUSES[text]
  if (!status) throw new WireError(`algo status ${text}`)
  return status
}

/** A price field, where `0` stands for none. */
export function priceIn(fields: Fields, key: string): Price | null {
  const value = decimalIn(fields, key)
  return value === undefined || value.isZero() ? null : (value as Price)
}

/** An order of the regular list: in the answer to placing, cancelling and querying it, and in lists. */
export const readOrder = (fields: Fields, instrument: Instrument): VenueOrder => ({
  namespace: 'regular',
  venueId: textAt(fields, 'orderId'),
  clientOrderId: textIn(fields, 'clientOrderId') ?? '',
  instrument,
  side: orderSide(textAt(fields, 'side')),
  type: orderType(textIn(fields, 'type')),
  quantity: decimalAt(fields, 'origQty') as Quantity,
  filled: decimalAt(fields, 'executedQty') as Quantity,
  price: priceIn(fields, 'price'),
  triggerPrice: priceIn(fields, 'stopPrice'),
  reduceOnly: flagIn(fields, 'reduceOnly'),
  status: orderStatus(textAt(fields, 'status')),
  childId: null,
  reason: textAt(fields, 'status').toLowerCase(),
  forced: forcedCause(textIn(fields, 'clientOrderId') ?? ''),
  venueTime: timeAt(fields, 'updateTime'),
})

/** An order of the algo list. */
export const readAlgo = (fields: Fields, instrument: Instrument): VenueOrder => ({
  namespace: 'conditional',
  venueId: textAt(fields, 'algoId'),
  clientOrderId: textIn(fields, 'clientAlgoId') ?? '',
  instrument,
  side: orderSide(textAt(fields, 'side')),
  type: orderType(textIn(fields, 'orderType') ?? textIn(fields, 'type')),
  quantity: (decimalIn(fields, 'quantity') ?? ZERO) as Quantity,
  filled: (decimalIn(fields, 'actualQty') ?? ZERO) as Quantity,
  price: priceIn(fields, 'price'),
  triggerPrice: priceIn(fields, 'triggerPrice'),
  reduceOnly: flagIn(fields, 'reduceOnly') || flagIn(fields, 'closePosition'),
  status: algoStatus(textAt(fields, 'algoStatus')),
  childId: childOf(textIn(fields, 'actualOrderId')),
  reason: textAt(fields, 'algoStatus').toLowerCase(),
  forced: null,
  venueTime: timeAt(fields, 'updateTime'),
})

export const childOf = (text: string | undefined): string | null => (text === undefined || text === '0' ? null : text)

/** A row of the account's trades. */
export const readTrade = (fields: Fields, instrument: Instrument): VenueExecution => ({
  instrument,
  orderId: textAt(fields, 'orderId'),
  tradeId: textAt(fields, 'id'),
  side: orderSide(textAt(fields, 'side')),
  price: decimalAt(fields, 'price') as Price,
  quantity: decimalAt(fields, 'qty') as Quantity,
  fee: quoteFee(fields, 'commission', textIn(fields, 'commissionAsset'), instrument),
  liquidity: flagIn(fields, 'maker') ? 'maker' : 'taker',
  // Told of its order.
  forced: null,
  venueTime: timeAt(fields, 'time'),
})

/** Fees in another coin than the quote cannot be booked exactly; the account is refused for them at start-up. */
export function quoteFee(fields: Fields, key: string, asset: string | undefined, instrument: Instrument): Money {
  if (asset !== undefined && asset !== instrument.quote)
    throw new WireError(`a fee in ${asset} instead of ${instrument.quote}`)
  return (decimalIn(fields, key) ?? ZERO) as Money
}
