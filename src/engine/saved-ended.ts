import { isTerminal, type OrderState } from '../domain/order.ts'
import type { TrackedOrder } from '../execution/order-tracker.ts'
import { restoreOrder, saveOrder, type SavedOrder } from '../execution/saved-trade.ts'
import type { EngineCore } from './core.ts'
import { ENDED_LIST_SHAPE, ENDED_SHAPE } from './saved-shape.ts'
import { FORMAT, parseSaved, takeUp, type Save } from './saved-text.ts'

/*
 * Orders that are over, by which the next process recognises late news. Each is saved by itself: they are the longest part
 * of the state, and one of them ends just when a stop has to leave.
 */

interface SavedEnded {
  readonly format: number
  readonly order: SavedOrder
}

/** What an older program wrote: all of a symbol. */
interface SavedEndedList {
  readonly format: number
  readonly orders: readonly SavedOrder[]
}

const PREFIX = 'order:'
const LIST_PREFIX = 'ended:'
const keyOf = ({ request }: TrackedOrder): string => `${PREFIX}${request.clientOrderId}`

/** How an order stood when it was saved, and the look that last found it among those handed on. */
interface Written {
  readonly key: string
  state: OrderState
  fills: number
  look: number
}

/** Saves what has ended or changed since the last call, and drops what is handed on no more. */
export function createEndedSaver(
  { orders }: Pick<EngineCore, 'orders'>,
  saved: ReadonlyMap<string, string>,
): (save: Save) => void {
  const isOurs = (key: string): boolean => key.startsWith(PREFIX) || key.startsWith(LIST_PREFIX)
  /** What an earlier process wrote. */
  const inherited = new Map([...saved].filter(([key]) => isOurs(key)))
  const written = new Map<TrackedOrder, Written>()
  let seen = Number.NaN
  let look = 0

  function write(order: TrackedOrder, save: Save): void {
    const { state, fills } = order
    const key = written.get(order)?.key ?? keyOf(order)
    const value: SavedEnded = { format: FORMAT, order: saveOrder(order) }
    written.set(order, { key, state, fills: fills.length, look })
    const text = JSON.stringify(value)
    if (inherited.get(key) !== text) save(key, text)
    inherited.delete(key)
  }

  return (save) => {
    if (orders.endings === seen) return
    seen = orders.endings
    look += 1
    for (const order of orders.ended()) {
      // One that lives again is among the open ones.
      if (!isTerminal(order.state)) continue
      const before = written.get(order)
      if (before?.state !== order.state || before.fills !== order.fills.length) write(order, save)
      else before.look = look
    }
    for (const [order, { key, look: last }] of written) {
      if (last === look) continue
      written.delete(order)
      save(key, null)
    }
    for (const key of inherited.keys()) save(key, null)
    inherited.clear()
  }
}

/** Puts back the orders that were over, oldest first. Throws a `SavedStateError`. */
export function restoreEnded(core: EngineCore, saved: ReadonlyMap<string, string>): void {
  const read: TrackedOrder[] = []
  const bySymbol = new Map(core.states.map(({ instrument }) => [instrument.symbol, instrument]))
  const put = (order: SavedOrder): void => {
    const instrument = bySymbol.get(order.request.instrument)
    if (instrument) read.push(restoreOrder(order, instrument))
  }
  for (const [key, text] of saved) {
    if (key.startsWith(PREFIX)) takeUp(key, text, (own) => put(parseSaved<SavedEnded>(key, own, ENDED_SHAPE).order))
    else if (key.startsWith(LIST_PREFIX))
      takeUp(key, text, (own) => parseSaved<SavedEndedList>(key, own, ENDED_LIST_SHAPE).orders.forEach(put))
  }
  for (const order of read.toSorted((a, b) => a.updatedAt - b.updatedAt)) core.orders.restore(order)
}
