import { enterAlgo, refusalOf, withdraw } from './order-entry.ts'
import { createOrderList } from './order-list.ts'
import { readAlgo } from './order-parameters.ts'
import { isOpenAlgo, type AlgoOrder } from './order-record.ts'
import { algoBody } from './order-shape.ts'
import { CANCEL_REJECTED, missing, ORDER_NOT_FOUND } from './reject-code.ts'
import { ok, type Call, type Outcome, type Route } from './route.ts'

const list = createOrderList<AlgoOrder>({
  ordersOf: ({ account }) => account.orders.algo.values(),
  idParameter: 'algoId',
  idOf: ({ algoId }) => algoId,
  isOpen: isOpenAlgo,
  body: algoBody,
})

function find(call: Call): AlgoOrder | 'missing' | undefined {
  const { parameters } = call
  const algoId = parameters.get('algoId')
  const clientId = parameters.get('clientAlgoId')
  if (algoId === null && clientId === null) return 'missing'
  return list
    .seen(call)
    .findLast((order) => (algoId !== null ? String(order.algoId) === algoId : order.clientAlgoId === clientId))
}

async function place(call: Call): Promise<Outcome> {
  const asked = readAlgo(call)
  if ('msg' in asked) return asked
  const refused = call.contracts.refusalOf(asked)
  if (refused) return refused
  const order = enterAlgo(call, asked)
  if ('msg' in order) return order
  await call.latency()
  return refusalOf(call.account, order) ?? ok(algoBody(order))
}

function query(call: Call): Outcome {
  const order = find(call)
  if (order === 'missing') return missing('algoId')
  return order ? ok(algoBody(order)) : ORDER_NOT_FOUND
}

async function cancel(call: Call): Promise<Outcome> {
  const order = find(call)
  if (order === 'missing') return missing('algoId')
  // Once triggered it is the child's life, and the child stands in the other list.
  if (!order || !isOpenAlgo(order)) return CANCEL_REJECTED
  if (!(await withdraw(call, order))) return CANCEL_REJECTED
  return ok({ algoId: order.algoId, clientAlgoId: order.clientAlgoId, code: '200', msg: 'success' })
}

export const ALGO_ROUTES: Readonly<Record<string, Route>> = {
  'POST /fapi/v1/algoOrder': { access: 'signed', weight: 0, order: true, handle: place },
  'GET /fapi/v1/algoOrder': { access: 'signed', weight: 1, handle: query },
  'DELETE /fapi/v1/algoOrder': { access: 'signed', weight: 1, handle: cancel },
  'GET /fapi/v1/openAlgoOrders': { access: 'signed', weight: 1, handle: list.listOpen },
  'GET /fapi/v1/allAlgoOrders': { access: 'signed', weight: 5, handle: list.all },
  'DELETE /fapi/v1/algoOpenOrders': { access: 'signed', weight: 1, handle: list.cancelAll },
}
