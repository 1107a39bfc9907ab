import { isTerminal } from '../domain/order.ts'
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

/** Saves what has ended or changed since the last call, and drops what is handed on no more. */
export function createEndedSaver(
  { orders }: Pick<EngineCore, 'orders'>,
  saved: ReadonlyMap<string, string>,
): (save: Save) => void {
  /** What stands in the journal. */
  const keys = new Set<string>()
  for (const key of saved.keys()) if (key.startsWith(PREFIX) || key.startsWith(LIST_PREFIX)) keys.add(key)
  /** What was told of an order when it was saved last. */
  const told = new WeakMap<TrackedOrder, string>()
  let seen = Number.NaN

  return (save) => {
    if (orders.endings === seen) return
    seen = orders.endings
    const gone = new Set(keys)
    for (const order of orders.ended()) {
      // One that lives again is among the open ones.
      if (!isTerminal(order.state)) continue
      const key = keyOf(order)
      gone.delete(key)
      const news = `${order.state} ${order.fills.length}`
      if (keys.has(key) && told.get(order) === news) continue
      told.set(order, news)
      keys.add(key)
      const value: SavedEnded = { format: FORMAT, order: saveOrder(order) }
      save(key, JSON.stringify(value))
    }
    for (const key of gone) {
      keys.delete(key)
      save(key, null)
    }
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
