import { readWindow, within } from './market-data/query.ts'
import { isError } from './market-data/reply.ts'
import { enterAlgo, refusalOf, withdraw } from './order-entry.ts'
import { readAlgo } from './order-parameters.ts'
import { isOpenAlgo, type AlgoOrder } from './order-record.ts'
import { algoBody } from './order-shape.ts'
import { CANCEL_REJECTED, failure, missing, ORDER_NOT_FOUND } from './reject-code.ts'
import { ok, type Call, type Outcome, type Route } from './route.ts'

const ALL_CANCELED = { code: 200, msg: 'The operation of cancel all open order is done.' }
const DEFAULT_LIMIT = 500
const MAX_LIMIT = 1_000

const seen = (call: Call, order: AlgoOrder): boolean =>
  order.status !== null && order.status !== 'REJECTED' && order.hiddenUntil <= call.now()

function find(call: Call): AlgoOrder | 'missing' | undefined {
  const { parameters, account } = call
  const algoId = parameters.get('algoId')
  const clientId = parameters.get('clientAlgoId')
  if (algoId === null && clientId === null) return 'missing'
  let found: AlgoOrder | undefined
  for (const order of account.orders.algo.values()) {
    if (!seen(call, order)) continue
    if (algoId !== null ? String(order.algoId) === algoId : order.clientAlgoId === clientId) found = order
  }
  return found
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

const openOf = (call: Call): AlgoOrder[] => {
  const symbol = call.parameters.get('symbol')
  return [...call.account.orders.algo.values()].filter(
    (order) => isOpenAlgo(order) && seen(call, order) && (symbol === null || order.instrument.symbol === symbol),
  )
}

async function cancelAll(call: Call): Promise<Outcome> {
  if (!call.parameters.get('symbol')) return missing('symbol')
  for (const order of openOf(call)) await withdraw(call, order)
  return ok(ALL_CANCELED)
}

function all(call: Call): Outcome {
  const { parameters, account } = call
  const symbol = parameters.get('symbol')
  if (!symbol) return missing('symbol')
  const window = readWindow(parameters, DEFAULT_LIMIT, MAX_LIMIT)
  if (isError(window)) return failure(window.code, window.msg)
  const from = Number(parameters.get('algoId') ?? 0)
  const own = [...account.orders.algo.values()].filter(
    (order) => order.instrument.symbol === symbol && seen(call, order) && order.algoId >= from,
  )
  const page = from > 0 ? own.slice(0, window.limit) : within(own, (order) => order.createTime, window)
  return ok(page.map(algoBody))
}

export const ALGO_ROUTES: Readonly<Record<string, Route>> = {
  'POST /fapi/v1/algoOrder': { access: 'signed', weight: 0, order: true, handle: place },
  'GET /fapi/v1/algoOrder': { access: 'signed', weight: 1, handle: query },
  'DELETE /fapi/v1/algoOrder': { access: 'signed', weight: 1, handle: cancel },
  'GET /fapi/v1/openAlgoOrders': { access: 'signed', weight: 1, handle: (call) => ok(openOf(call).map(algoBody)) },
  'GET /fapi/v1/allAlgoOrders': { access: 'signed', weight: 5, handle: all },
  'DELETE /fapi/v1/algoOpenOrders': { access: 'signed', weight: 1, handle: cancelAll },
}
