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

const STATUSES: Readonly<Record<string, VenueOrderStatus>> = {
  New: 'open',
  PartiallyFilled: 'open',
  Untriggered: 'open',
  Triggered: 'triggered',
  Filled: 'filled',
  PartiallyFilledCanceled: 'canceled',
  Cancelled: 'canceled',
  Deactivated: 'canceled',
  Rejected: 'rejected',
}

const WOULD_TAKE = 'EC_PostOnlyWillTakeLiquidity'
const FORCED_EXECUTIONS: Readonly<Record<string, ForcedCause>> = {
  BustTrade: 'liquidation',
  AdlTrade: 'adl',
  Settle: 'settlement',
  Delivery: 'settlement',
}

/** `Funding` is no trade although it stands among them. */
export const isTrade = (row: Fields): boolean => row['execType'] === 'Trade' || forcedCause(row) !== null
export const isFunding = (row: Fields): boolean => row['execType'] === 'Funding'
const forcedCause = (row: Fields): ForcedCause | null => FORCED_EXECUTIONS[textIn(row, 'execType') ?? ''] ?? null

function sideOf(row: Fields): OrderSide {
  const side = textAt(row, 'side')
  if (side === 'Buy') return 'buy'
  if (side === 'Sell') return 'sell'
  throw new WireError(`side ${side}`)
}

function statusOf(row: Fields): VenueOrderStatus {
  const text = textAt(row, 'orderStatus')
  const status = STATUSES[text]
  if (!status) throw new WireError(`order status ${text}`)
  // The rest of an immediate order is called cancelled.
  if (status === 'canceled' && row['timeInForce'] === 'IOC') return 'expired'
  if (status === 'canceled' && row['rejectReason'] === WOULD_TAKE) return 'rejected'
  return status
}

function typeOf(row: Fields): OrderType | 'other' {
  const kind = textIn(row, 'stopOrderType')
  const waits = decimalIn(row, 'triggerPrice')?.gt(0) === true
  if (!waits) return row['orderType'] === 'Limit' ? 'limit' : row['orderType'] === 'Market' ? 'market' : 'other'
  if (row['orderType'] !== 'Market' || (kind !== undefined && kind !== 'Stop' && kind !== 'UNKNOWN')) return 'other'
  // 1 = rising, 2 = falling
  const falling = textIn(row, 'triggerDirection') === '2'
  return falling === (sideOf(row) === 'sell') ? 'stop_market' : 'take_profit_market'
}

function priceIn(row: Fields, key: string): Price | null {
  const value = decimalIn(row, key)
  return value === undefined || value.isZero() ? null : (value as Price)
}

/** An order of a list or of a frame. One that waits for its trigger has the same id before and after. */
export const readOrder = (row: Fields, instrument: Instrument): VenueOrder => ({
  namespace: 'regular',
  venueId: textAt(row, 'orderId'),
  clientOrderId: textIn(row, 'orderLinkId') ?? '',
  instrument,
  side: sideOf(row),
  type: typeOf(row),
  quantity: decimalAt(row, 'qty') as Quantity,
  filled: (decimalIn(row, 'cumExecQty') ?? ZERO) as Quantity,
  price: priceIn(row, 'price'),
  triggerPrice: priceIn(row, 'triggerPrice'),
  reduceOnly: flagIn(row, 'reduceOnly') || flagIn(row, 'closeOnTrigger'),
  status: statusOf(row),
  childId: null,
  reason:
    row['rejectReason'] === WOULD_TAKE ? 'POST_ONLY' : (textIn(row, 'rejectReason') ?? textAt(row, 'orderStatus')),
  // Told of its executions.
  forced: null,
  venueTime: timeAt(row, 'updatedTime'),
})

/** A row of executions, of a list or of a frame. */
export const readExecution = (row: Fields, instrument: Instrument): VenueExecution => ({
  instrument,
  orderId: textAt(row, 'orderId'),
  tradeId: textAt(row, 'execId'),
  side: sideOf(row),
  price: decimalAt(row, 'execPrice') as Price,
  quantity: decimalAt(row, 'execQty') as Quantity,
  fee: (decimalIn(row, 'execFee') ?? ZERO) as Money,
  liquidity: flagIn(row, 'isMaker') ? 'maker' : 'taker',
  forced: forcedCause(row),
  venueTime: timeAt(row, 'execTime'),
})

/** As much of the order as its execution tells. */
export function orderOfExecution(row: Fields, instrument: Instrument): VenueOrder {
  const quantity = decimalAt(row, 'orderQty')
  const left = decimalAt(row, 'leavesQty')
  return {
    namespace: 'regular',
    venueId: textAt(row, 'orderId'),
    clientOrderId: textIn(row, 'orderLinkId') ?? '',
    instrument,
    side: sideOf(row),
    type: 'other',
    quantity: quantity as Quantity,
    filled: quantity.minus(left) as Quantity,
    price: null,
    triggerPrice: null,
    reduceOnly: false,
    // How the order ends is told by its own frame.
    status: 'open',
    childId: null,
    reason: 'execution',
    forced: null,
    venueTime: timeAt(row, 'execTime'),
  }
}
