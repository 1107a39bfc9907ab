import { ZERO } from '../../../../domain/decimal.ts'
import type { ForcedCause } from '../../../../domain/event.ts'
import type { OrderType } from '../../../../domain/order.ts'
import type { OrderSide } from '../../../../domain/side.ts'
import type { Money, Price } from '../../../../domain/unit.ts'
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
import { baseUnitsOf, type Contract } from './contract.ts'

const STATES: Readonly<Record<string, VenueOrderStatus>> = {
  live: 'open',
  partially_filled: 'open',
  filled: 'filled',
  canceled: 'canceled',
  mmp_canceled: 'canceled',
}

/** What a trigger did is told here; how its order ended is that order's to tell. */
const ALGO_STATES: Readonly<Record<string, VenueOrderStatus>> = {
  live: 'open',
  pause: 'open',
  partially_effective: 'triggered',
  effective: 'triggered',
  partially_failed: 'triggered',
  canceled: 'canceled',
  order_failed: 'rejected',
}

const FORCED_CATEGORIES: Readonly<Record<string, ForcedCause>> = {
  full_liquidation: 'liquidation',
  partial_liquidation: 'liquidation',
  adl: 'adl',
  delivery: 'settlement',
}

/** `cancelSource` of a post-only order that would have taken. */
const WOULD_TAKE = '31'
const TYPES: Readonly<Record<string, OrderType>> = {
  market: 'market',
  limit: 'limit',
  ioc: 'limit',
  post_only: 'limit',
  optimal_limit_ioc: 'market',
}

const causeOfOrder = (row: Fields): ForcedCause | null => FORCED_CATEGORIES[textIn(row, 'category') ?? ''] ?? null

/** Fills tell the kind of their bill: 100 to 107 liquidate in part or in full, 112 and 113 deliver, 125 to 128 deleverage. */
function causeOfFill(row: Fields): ForcedCause | null {
  const kind = Number(textIn(row, 'subType'))
  if (kind >= 100 && kind <= 107) return 'liquidation'
  if (kind >= 125 && kind <= 128) return 'adl'
  return kind === 112 || kind === 113 ? 'settlement' : null
}

function sideOf(row: Fields): OrderSide {
  const side = textAt(row, 'side')
  if (side !== 'buy' && side !== 'sell') throw new WireError(`side ${side}`)
  return side
}

function stateIn(states: Readonly<Record<string, VenueOrderStatus>>, row: Fields): VenueOrderStatus {
  const state = textAt(row, 'state')
  const status = states[state]
  if (!status) throw new WireError(`order state ${state}`)
  return status
}

function statusOf(row: Fields): VenueOrderStatus {
  const status = stateIn(STATES, row)
  if (status !== 'canceled') return status
  if (row['ordType'] === 'ioc') return 'expired'
  return textIn(row, 'cancelSource') === WOULD_TAKE ? 'rejected' : 'canceled'
}

/** An order of the regular list. One that a trigger made goes by its own id. */
export const readOrder = (row: Fields, contract: Contract): VenueOrder => ({
  namespace: 'regular',
  venueId: textAt(row, 'ordId'),
  clientOrderId: textIn(row, 'clOrdId') ?? '',
  instrument: contract.instrument,
  side: sideOf(row),
  type: TYPES[textIn(row, 'ordType') ?? ''] ?? 'other',
  quantity: baseUnitsOf(contract, decimalAt(row, 'sz')),
  filled: baseUnitsOf(contract, decimalIn(row, 'accFillSz') ?? ZERO),
  price: (decimalIn(row, 'px') ?? null) as Price | null,
  triggerPrice: null,
  reduceOnly: flagIn(row, 'reduceOnly'),
  status: statusOf(row),
  childId: null,
  reason: textIn(row, 'cancelSource') === WOULD_TAKE ? 'POST_ONLY' : textAt(row, 'state'),
  forced: causeOfOrder(row),
  venueTime: timeAt(row, 'uTime'),
})

/** `ordId` is about to go, and is empty in some answers: what is never split, as ours, has one child in the list. */
function childOf(row: Fields): string | null {
  const list: unknown = row['ordIdList']
  const [first] = Array.isArray(list) ? (list as readonly unknown[]) : []
  const child = textIn(row, 'ordId') ?? textIn({ first }, 'first')
  return child === undefined || child === '0' ? null : child
}

/** An order that waits for its trigger. */
export function readAlgo(row: Fields, contract: Contract): VenueOrder {
  const stop = decimalIn(row, 'slTriggerPx')
  const profit = decimalIn(row, 'tpTriggerPx')
  const status = stateIn(ALGO_STATES, row)
  const single = row['ordType'] === 'conditional' && (stop === undefined) !== (profit === undefined)
  return {
    namespace: 'conditional',
    venueId: textAt(row, 'algoId'),
    clientOrderId: textIn(row, 'algoClOrdId') ?? '',
    instrument: contract.instrument,
    side: sideOf(row),
    type: !single ? 'other' : stop ? 'stop_market' : 'take_profit_market',
    quantity: baseUnitsOf(contract, decimalIn(row, 'sz') ?? ZERO),
    filled: baseUnitsOf(contract, ZERO),
    price: null,
    triggerPrice: (stop ?? profit ?? null) as Price | null,
    reduceOnly: flagIn(row, 'reduceOnly'),
    status,
    childId: childOf(row),
    reason: status === 'triggered' ? 'finished' : (textIn(row, 'failCode') ?? textAt(row, 'state')),
    forced: null,
    venueTime: timeAt(row, 'uTime'),
  }
}

/** A row of the fills. Fees are told as what the balance gains. */
export const readFill = (row: Fields, contract: Contract): VenueExecution => ({
  instrument: contract.instrument,
  orderId: textAt(row, 'ordId'),
  tradeId: textAt(row, 'tradeId'),
  side: sideOf(row),
  price: decimalAt(row, 'fillPx') as Price,
  quantity: baseUnitsOf(contract, decimalAt(row, 'fillSz')),
  fee: feeOf(row, 'fee', 'feeCcy', contract),
  liquidity: row['execType'] === 'M' ? 'maker' : 'taker',
  forced: causeOfFill(row),
  venueTime: timeAt(row, 'ts'),
})

/** The execution in a frame of an order; `null` where it tells none. */
export function executionIn(row: Fields, contract: Contract): VenueExecution | null {
  const size = decimalIn(row, 'fillSz')
  const tradeId = textIn(row, 'tradeId')
  if (size === undefined || !size.gt(0) || tradeId === undefined) return null
  return {
    instrument: contract.instrument,
    orderId: textAt(row, 'ordId'),
    tradeId,
    side: sideOf(row),
    price: decimalAt(row, 'fillPx') as Price,
    quantity: baseUnitsOf(contract, size),
    fee: feeOf(row, 'fillFee', 'fillFeeCcy', contract),
    liquidity: row['execType'] === 'M' ? 'maker' : 'taker',
    forced: causeOfOrder(row),
    venueTime: timeAt(row, 'fillTime'),
  }
}

function feeOf(row: Fields, key: string, currency: string, contract: Contract): Money {
  const asset = textIn(row, currency)
  if (asset !== undefined && asset !== contract.instrument.quote)
    throw new WireError(`a fee in ${asset} instead of ${contract.instrument.quote}`)
  return (decimalIn(row, key) ?? ZERO).neg() as Money
}
