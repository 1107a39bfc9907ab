import { enterRegular, refusalOf, withdraw } from './order-entry.ts'
import { createOrderList } from './order-list.ts'
import { readRegular } from './order-parameters.ts'
import { isOpenRegular, type RegularOrder } from './order-record.ts'
import { regularBody } from './order-shape.ts'
import { BAD_SYMBOL, CANCEL_REJECTED, invalid, missing, ORDER_NOT_FOUND } from './reject-code.ts'
import { instrumentOf, isFailure, ok, type Call, type Outcome, type Route } from './route.ts'

const MAX_BATCH = 5

const list = createOrderList<RegularOrder>({
  ordersOf: ({ account }) => account.orders.regular.values(),
  idParameter: 'orderId',
  idOf: ({ orderId }) => orderId,
  isOpen: isOpenRegular,
  body: regularBody,
})

/** The newest order of the symbol that is meant; with several of one client id the last one. */
function find(call: Call): RegularOrder | 'missing' | undefined {
  const { parameters } = call
  const orderId = parameters.get('orderId')
  const clientId = parameters.get('origClientOrderId')
  if (orderId === null && clientId === null) return 'missing'
  return list
    .seen(call)
    .findLast(
      (order) =>
        order.instrument.symbol === parameters.get('symbol') &&
        (orderId !== null ? String(order.orderId) === orderId : order.clientOrderId === clientId),
    )
}

async function place(call: Call): Promise<Outcome> {
  const asked = readRegular(call)
  if ('msg' in asked) return asked
  const refused = call.contracts.refusalOf(asked)
  if (refused) return refused
  const order = enterRegular(call, asked)
  if ('msg' in order) return order
  await call.latency()
  return refusalOf(call.account, order) ?? ok(regularBody(order))
}

function query(call: Call): Outcome {
  if (!instrumentOf(call, call.parameters.get('symbol'))) return BAD_SYMBOL
  const order = find(call)
  if (order === 'missing') return missing('orderId')
  return order ? ok(regularBody(order)) : ORDER_NOT_FOUND
}

function queryOpen(call: Call): Outcome {
  const order = find(call)
  if (order === 'missing') return missing('orderId')
  return order && isOpenRegular(order) ? ok(regularBody(order)) : ORDER_NOT_FOUND
}

async function cancel(call: Call): Promise<Outcome> {
  if (!instrumentOf(call, call.parameters.get('symbol'))) return BAD_SYMBOL
  const order = find(call)
  if (order === 'missing') return missing('orderId')
  if (!order || !isOpenRegular(order)) return CANCEL_REJECTED
  return (await withdraw(call, order)) ? ok(regularBody(order)) : CANCEL_REJECTED
}

/** Several orders at once: each with its own answer. */
async function placeBatch(call: Call): Promise<Outcome> {
  const text = call.parameters.get('batchOrders')
  if (text === null) return missing('batchOrders')
  let rows: unknown
  try {
    rows = JSON.parse(text)
  } catch {
    return invalid('batchOrders')
  }
  if (!Array.isArray(rows) || rows.length === 0 || rows.length > MAX_BATCH) return invalid('batchOrders')
  const answers: unknown[] = []
  for (const row of rows as readonly unknown[]) {
    const fields = Object.entries(typeof row === 'object' && row !== null ? row : {})
    const parameters = new URLSearchParams(fields.map(([name, value]): [string, string] => [name, String(value)]))
    const outcome = await place({ ...call, parameters })
    answers.push(isFailure(outcome) ? { code: outcome.code, msg: outcome.msg } : outcome.body)
  }
  return ok(answers)
}

async function cancelBatch(call: Call): Promise<Outcome> {
  const symbol = call.parameters.get('symbol') ?? ''
  const text = call.parameters.get('orderidlist') ?? call.parameters.get('orderIdList')
  if (text === null || !/^\[\d+(,\d+)*\]$/.test(text))
    return text === null ? missing('orderIdList') : invalid('orderIdList')
  const answers: unknown[] = []
  for (const id of text.slice(1, -1).split(',')) {
    const outcome = await cancel({ ...call, parameters: new URLSearchParams({ symbol, orderId: id }) })
    answers.push(isFailure(outcome) ? { code: outcome.code, msg: outcome.msg } : outcome.body)
  }
  return ok(answers)
}

export const REGULAR_ROUTES: Readonly<Record<string, Route>> = {
  'POST /fapi/v1/order': { access: 'signed', weight: 0, order: true, handle: place },
  'GET /fapi/v1/order': { access: 'signed', weight: 1, handle: query },
  'DELETE /fapi/v1/order': { access: 'signed', weight: 1, handle: cancel },
  'GET /fapi/v1/openOrder': { access: 'signed', weight: 1, handle: queryOpen },
  'GET /fapi/v1/openOrders': { access: 'signed', weight: 1, handle: list.listOpen },
  'GET /fapi/v1/allOrders': { access: 'signed', weight: 5, handle: list.all },
  'DELETE /fapi/v1/allOpenOrders': { access: 'signed', weight: 1, handle: list.cancelAll },
  'POST /fapi/v1/batchOrders': { access: 'signed', weight: 5, order: true, handle: placeBatch },
  'DELETE /fapi/v1/batchOrders': { access: 'signed', weight: 1, handle: cancelBatch },
}
