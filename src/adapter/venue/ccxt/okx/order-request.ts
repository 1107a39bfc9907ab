import type { OrderRequest, TimeInForce } from '../../../../domain/order.ts'
import type { MarginMode } from '../dialect.ts'
import type { Cost } from '../../../limiter/priority-limiter.ts'
import type { Request } from '../wire.ts'
import { contractsOf, type Contract } from './contract.ts'
import { COST } from './cost.ts'

const LIMIT: Readonly<Record<TimeInForce, string>> = { GTC: 'limit', IOC: 'ioc', GTX: 'post_only' }
const AT_MARKET = '-1'

/** The one request that places an order, in full and explicitly, quantities in contracts. */
export function placement(order: OrderRequest, contract: Contract, marginMode: MarginMode): Request {
  const { side, type, price, triggerPrice, clientOrderId } = order
  const common = {
    instId: contract.instId,
    tdMode: marginMode,
    side,
    sz: contractsOf(contract, order.quantity),
    ...(order.reduceOnly && { reduceOnly: true }),
  }
  switch (type) {
    case 'market':
      return request('privatePostTradeOrder', { ...common, ordType: 'market', clOrdId: clientOrderId })
    case 'limit':
      if (!price) throw new Error('a limit order without a price')
      return request('privatePostTradeOrder', {
        ...common,
        ordType: LIMIT[order.timeInForce],
        px: price.toFixed(),
        clOrdId: clientOrderId,
      })
    case 'stop_market':
    case 'take_profit_market': {
      if (!triggerPrice) throw new Error('a conditional order without a trigger price')
      const leg = type === 'stop_market' ? 'sl' : 'tp'
      const parameters = {
        ...common,
        ordType: 'conditional',
        [`${leg}TriggerPx`]: triggerPrice.toFixed(),
        [`${leg}TriggerPxType`]: order.triggerBy ?? 'mark',
        [`${leg}OrdPx`]: AT_MARKET,
        algoClOrdId: clientOrderId,
        // Without one ccxt would send its broker's.
        clOrdId: clientOrderId,
      }
      return request('privatePostTradeOrderAlgo', parameters, COST.placeAlgo)
    }
  }
}

const request = (method: string, parameters: Request['parameters'], cost: Cost = COST.order): Request => ({
  method,
  cost,
  parameters,
})
