import { readWindow, within } from './market-data/query.ts'
import { isError } from './market-data/reply.ts'
import { withdraw } from './order-entry.ts'
import type { AlgoOrder, RegularOrder } from './order-record.ts'
import { failure, missing } from './reject-code.ts'
import { ok, type Call, type Outcome } from './route.ts'

const ALL_CANCELED = { code: 200, msg: 'The operation of cancel all open order is done.' }
const DEFAULT_LIMIT = 500
const MAX_LIMIT = 1_000

/** What the regular and the conditional list of orders have in common. */
export interface OrderList<O> {
  /** Those that the exchange shows: accepted, and not hidden by a fault. */
  seen(call: Call): readonly O[]
  /** Open ones, of the symbol that is named or of all. */
  listOpen(call: Call): Outcome
  cancelAll(call: Call): Promise<Outcome>
  /** All of a symbol, from an id on or within a window of time. */
  all(call: Call): Outcome
}

export interface OrderListParts<O> {
  readonly ordersOf: (call: Call) => Iterable<O>
  /** The parameter that names an order by the exchange's id. */
  readonly idParameter: string
  readonly idOf: (order: O) => number
  readonly isOpen: (order: O) => boolean
  readonly body: (order: O) => unknown
}

export function createOrderList<O extends RegularOrder | AlgoOrder>(parts: OrderListParts<O>): OrderList<O> {
  const { ordersOf, idParameter, idOf, isOpen, body } = parts

  const seen = (call: Call): readonly O[] =>
    [...ordersOf(call)].filter(
      (order) => order.status !== null && order.status !== 'REJECTED' && order.hiddenUntil <= call.now(),
    )

  function openOf(call: Call): readonly O[] {
    const symbol = call.parameters.get('symbol')
    return seen(call).filter((order) => isOpen(order) && (symbol === null || order.instrument.symbol === symbol))
  }

  return {
    seen,
    listOpen: (call) => ok(openOf(call).map(body)),
    async cancelAll(call) {
      if (!call.parameters.get('symbol')) return missing('symbol')
      for (const order of openOf(call)) await withdraw(call, order)
      return ok(ALL_CANCELED)
    },
    all(call) {
      const { parameters } = call
      const symbol = parameters.get('symbol')
      if (!symbol) return missing('symbol')
      const window = readWindow(parameters, DEFAULT_LIMIT, MAX_LIMIT)
      if (isError(window)) return failure(window.code, window.msg)
      const from = Number(parameters.get(idParameter) ?? 0)
      const own = seen(call).filter((order) => order.instrument.symbol === symbol && idOf(order) >= from)
      const page = from > 0 ? own.slice(0, window.limit) : within(own, (order) => order.createTime, window)
      return ok(page.map(body))
    },
  }
}
