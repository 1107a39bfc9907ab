import type { Decimal } from '../domain/decimal.ts'
import type { OrderEvent } from '../domain/event.ts'
import type { OrderRequest } from '../domain/order.ts'
import { refresh } from './account.ts'
import { remember, type Core } from './core.ts'
import type { Books } from './ledger.ts'
import { workingOrder, type WorkingOrder } from './working-order.ts'

/** The account at the exchange between two processes. What was under way to the exchange is not in it: it never arrived. */
export interface SavedExchange {
  /** Of the last trade's number. */
  readonly sequence: number
  /** Executions and settlements are the latest ones. */
  readonly books: Books
  /** From when on they are complete, epoch ms. */
  readonly historyFrom: number
  /** The last words on orders that have ended, oldest first. */
  readonly ended: readonly OrderEvent[]
  readonly symbols: readonly SavedSymbol[]
}

export interface SavedSymbol {
  readonly symbol: string
  readonly leverage: number
  readonly signed: Decimal
  readonly cost: Decimal
  readonly funding: Decimal
  readonly orders: readonly SavedOrder[]
}

type SavedOrder = Pick<WorkingOrder, 'level' | 'filled' | 'releasePrice'> & {
  readonly request: OrderRequest
  readonly state: 'resting' | 'armed'
}

/** Executions, settlements and last words that are kept beyond a process; a bot that was killed asks for the latest. */
const KEPT = 200

/** `null` between a trigger and its fill, which are one for whoever comes back: what was saved before still holds. */
export function saveExchange(core: Core): SavedExchange | null {
  if (core.listed.some(({ orders }) => orders.some(({ state }) => state === 'released'))) return null
  forgetOld(core)
  const { books, sequence, historyFrom, ended } = core
  return {
    sequence,
    books,
    historyFrom,
    ended: ended.latest(KEPT),
    symbols: core.listed.map(({ instrument, leverage, position, orders }) => ({
      symbol: instrument.symbol,
      leverage,
      signed: position.signed,
      cost: position.cost,
      funding: position.funding,
      orders: orders.map(({ request, state, level, filled, releasePrice }) => ({
        request,
        state: state === 'resting' ? 'resting' : 'armed',
        level,
        filled,
        releasePrice,
      })),
    })),
  }
}

function forgetOld(core: Core): void {
  const { fills, fundings } = core.books
  for (const list of [fills, fundings]) {
    if (list.length <= KEPT) continue
    const gone = list.splice(0, list.length - KEPT)
    core.historyFrom = Math.max(core.historyFrom, gone.at(-1)!.venueTime + 1)
  }
}

/** Whether something is open in this symbol. */
export const isOpen = ({ signed, orders }: SavedSymbol): boolean => !signed.isZero() || orders.length > 0

/**
 * Puts an account back into an exchange that has done nothing yet. Nothing is met before there is a price. Symbols that
 * are no longer listed are left: the caller sees to it that nothing is open in them.
 */
export function restoreExchange(core: Core, saved: SavedExchange): void {
  core.sequence = saved.sequence
  core.historyFrom = saved.historyFrom
  Object.assign(core.books, saved.books)
  for (const event of saved.ended) remember(core, event)
  for (const slot of core.listed) {
    const { symbol } = slot.instrument
    const past = saved.symbols.find((each) => each.symbol === symbol)
    if (past === undefined) continue
    const { leverage, signed, cost, funding, orders } = past
    slot.leverage = leverage
    Object.assign(slot.position, { signed, cost, funding })
    for (const { request, ...state } of orders) slot.orders.push({ ...workingOrder(request), ...state })
    // The insurance fund has been endowed for it before.
    slot.fundSeeded = true
    refresh(core, slot)
  }
}
