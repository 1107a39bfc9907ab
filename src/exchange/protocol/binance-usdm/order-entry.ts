import { ZERO } from '../../../domain/decimal.ts'
import type { ClientOrderId, OrderRequest } from '../../../domain/order.ts'
import type { Price, Quantity } from '../../../domain/unit.ts'
import { epochMs } from '../../../domain/unit.ts'
import type { Account } from './account.ts'
import type { AlgoParameters, RegularParameters } from './order-parameters.ts'
import { isOpenAlgo, isOpenRegular, type AlgoOrder, type RegularOrder } from './order-record.ts'
import { DUPLICATE_ALGO_ID, DUPLICATE_ID, rejection, type ApiFailure } from './reject-code.ts'
import type { Call } from './route.ts'

/** A client id must be unique among the orders that are open or on their way; once they have ended it may be used again. */
const regularIdTaken = (account: Account, id: string): boolean =>
  [...account.orders.regular.values()].some(
    (order) => order.clientOrderId === id && (order.status === null || isOpenRegular(order)),
  )
const algoIdTaken = (account: Account, id: string): boolean =>
  [...account.orders.algo.values()].some(
    (order) => order.clientAlgoId === id && (order.status === null || isOpenAlgo(order)),
  )

/** Sends an order to the matching core; its record answers for it from now on. */
export function enterRegular(call: Call, asked: RegularParameters): RegularOrder | ApiFailure {
  const { account } = call
  const clientOrderId = asked.clientId ?? `web_${account.orders.nextId()}`
  if (regularIdTaken(account, clientOrderId)) return DUPLICATE_ID
  const orderId = account.orders.nextId()
  const order: RegularOrder = {
    kind: 'regular',
    coreId: `r${orderId}`,
    instrument: asked.instrument,
    side: asked.side,
    quantity: asked.quantity as Quantity,
    reduceOnly: asked.reduceOnly,
    createTime: call.now(),
    updateTime: call.now(),
    hiddenUntil: call.hideMs > 0 ? call.now() + call.hideMs : 0,
    orderId,
    clientOrderId,
    type: asked.type,
    timeInForce: asked.type === 'MARKET' ? 'GTC' : asked.timeInForce,
    price: asked.price as Price | null,
    status: null,
    executed: ZERO,
    cost: ZERO,
    realised: ZERO,
    parent: null,
  }
  account.orders.add(order)
  const request: OrderRequest = {
    clientOrderId: order.coreId as ClientOrderId,
    instrument: order.instrument,
    side: order.side,
    type: asked.type === 'MARKET' ? 'market' : 'limit',
    quantity: order.quantity,
    ...(order.price && { price: order.price }),
    timeInForce: asked.timeInForce,
    reduceOnly: order.reduceOnly,
    leg: order.reduceOnly ? 'exit' : 'entry',
    tradeId: '',
  }
  account.exchange.submit(request, epochMs(call.sentAt + call.lateMs))
  return order
}

export function enterAlgo(call: Call, asked: AlgoParameters): AlgoOrder | ApiFailure {
  const { account } = call
  const clientAlgoId = asked.clientId ?? `web_${account.orders.nextId()}`
  if (algoIdTaken(account, clientAlgoId)) return DUPLICATE_ALGO_ID
  const algoId = account.orders.nextId()
  const order: AlgoOrder = {
    kind: 'algo',
    coreId: `a${algoId}`,
    instrument: asked.instrument,
    side: asked.side,
    quantity: asked.quantity as Quantity,
    reduceOnly: asked.reduceOnly,
    createTime: call.now(),
    updateTime: call.now(),
    hiddenUntil: call.hideMs > 0 ? call.now() + call.hideMs : 0,
    algoId,
    clientAlgoId,
    type: asked.type,
    triggerPrice: asked.triggerPrice as Price,
    workingType: asked.workingType,
    status: null,
    triggerTime: 0,
    child: null,
  }
  account.orders.add(order)
  account.exchange.submit(
    {
      clientOrderId: order.coreId as ClientOrderId,
      instrument: order.instrument,
      side: order.side,
      type: asked.type === 'STOP_MARKET' ? 'stop_market' : 'take_profit_market',
      quantity: order.quantity,
      triggerPrice: order.triggerPrice,
      triggerBy: asked.workingType === 'MARK_PRICE' ? 'mark' : 'last',
      timeInForce: 'GTC',
      reduceOnly: order.reduceOnly,
      leg: 'stop',
      tradeId: '',
    },
    epochMs(call.sentAt + call.lateMs),
  )
  return order
}

/** Why the core refused it; `null` when it did not. */
export function refusalOf(account: Account, order: RegularOrder | AlgoOrder): ApiFailure | null {
  if (order.status !== 'REJECTED') return null
  const refusal = account.takeRefusal(order.coreId)
  return rejection(refusal?.code ?? '')
}

/** Asks the core to cancel it and lets the latency pass; false when it was too late. */
export async function withdraw(call: Call, order: RegularOrder | AlgoOrder): Promise<boolean> {
  call.account.exchange.cancel(order.coreId as ClientOrderId, order.instrument, epochMs(call.sentAt))
  await call.latency()
  return order.status === 'CANCELED'
}
