import type { OrderRequest, TimeInForce } from '../../../../domain/order.ts'
import type { Request } from '../wire.ts'
import { COST } from './cost.ts'

const SIDE = { buy: 'Buy', sell: 'Sell' } as const
const TRIGGER_BY = { mark: 'MarkPrice', last: 'LastPrice' } as const
const TIME_IN_FORCE: Readonly<Record<TimeInForce, string>> = { GTC: 'GTC', IOC: 'IOC', GTX: 'PostOnly' }
const RISING = 1
const FALLING = 2

/** The direction in which the price has to come: a selling stop below the market, a selling take-profit above. */
function triggerDirection({ type, side }: OrderRequest): number {
  const below = (type === 'stop_market') === (side === 'sell')
  return below ? FALLING : RISING
}

/** The one request that places an order, in full and explicitly; `positionIdx` 0 is the one-way position. */
export function placement(order: OrderRequest): Request {
  const { instrument, side, type, quantity, price, triggerPrice } = order
  const waits = type === 'stop_market' || type === 'take_profit_market'
  if ((type === 'limit') !== (price !== undefined) || waits !== (triggerPrice !== undefined))
    throw new Error('an order without the price that its type needs')
  return {
    method: 'privatePostV5OrderCreate',
    cost: COST.order,
    parameters: {
      category: 'linear',
      symbol: instrument.symbol,
      side: SIDE[side],
      orderType: type === 'limit' ? 'Limit' : 'Market',
      qty: quantity.toFixed(),
      ...(price && { price: price.toFixed(), timeInForce: TIME_IN_FORCE[order.timeInForce] }),
      ...(triggerPrice && {
        triggerPrice: triggerPrice.toFixed(),
        triggerDirection: triggerDirection(order),
        triggerBy: TRIGGER_BY[order.triggerBy ?? 'mark'],
      }),
      ...(order.reduceOnly && { reduceOnly: true }),
      positionIdx: 0,
      orderLinkId: order.clientOrderId,
    },
  }
}
