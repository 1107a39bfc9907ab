import type { OrderRequest } from '../../../../domain/order.ts'
import type { Request } from '../wire.ts'
import { COST } from './cost.ts'

const SIDE = { buy: 'BUY', sell: 'SELL' } as const
const WORKING_TYPE = { mark: 'MARK_PRICE', last: 'CONTRACT_PRICE' } as const

/** The one request that places an order, in full and explicitly: nothing of it is left to ccxt's defaults. */
export function placement(order: OrderRequest): Request {
  const { instrument, side, quantity } = order
  const common = { symbol: instrument.symbol, side: SIDE[side], quantity: quantity.toFixed() }
  const reduceOnly = order.reduceOnly ? { reduceOnly: 'true' } : {}
  switch (order.type) {
    case 'market':
    case 'limit': {
      const limit =
        order.type === 'limit' ? { price: needed(order.price).toFixed(), timeInForce: order.timeInForce } : {}
      return {
        method: 'fapiPrivatePostOrder',
        cost: COST.placeOrder,
        parameters: {
          ...common,
          type: order.type === 'limit' ? 'LIMIT' : 'MARKET',
          ...limit,
          ...reduceOnly,
          newClientOrderId: order.clientOrderId,
          newOrderRespType: 'RESULT',
        },
      }
    }
    case 'stop_market':
    case 'take_profit_market':
      return {
        method: 'fapiPrivatePostAlgoOrder',
        cost: COST.placeAlgo,
        parameters: {
          algoType: 'CONDITIONAL',
          ...common,
          type: order.type === 'stop_market' ? 'STOP_MARKET' : 'TAKE_PROFIT_MARKET',
          triggerPrice: needed(order.triggerPrice).toFixed(),
          workingType: WORKING_TYPE[order.triggerBy ?? 'mark'],
          ...reduceOnly,
          clientAlgoId: order.clientOrderId,
        },
      }
  }
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('an order without the price that its type needs')
  return value
}
