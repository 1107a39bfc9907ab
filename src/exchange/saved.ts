import type { Decimal } from '../domain/decimal.ts'
import type { OrderEvent } from '../domain/event.ts'
import type { OrderRequest } from '../domain/order.ts'
import { refresh } from './account.ts'
import { remember, type Core } from './core.ts'
import type { Books } from './ledger.ts'
import type { ExchangeParameters } from './parameters.ts'
import { workingOrder, type WorkingOrder } from './working-order.ts'

/** The account at the exchange between two processes. What was under way to the exchange is not in it: it never arrived. */
export interface SavedExchange {
  readonly marginMode: ExchangeParameters['marginMode']
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
  /** NaN: there was none yet. Margins are reckoned with it until there is a new one. */
  readonly mark: number
  /** Times of the tape: of the last price that was met, and of the last settlement. */
  readonly met: { readonly time: number; readonly fundedAt: number }
}

type SavedOrder = Pick<WorkingOrder, 'level' | 'filled' | 'releasePrice'> & {
  readonly request: OrderRequest
  /** Of a released one its market child had not arrived: it meets the first price. */
  readonly state: 'resting' | 'armed' | 'released'
}

/** Executions, settlements and last words that are kept beyond a process; a bot that was killed asks for the latest. */
const KEPT = 200

const UNMET = { mark: Number.NaN, met: { time: Number.NaN, fundedAt: Number.NaN } }

export function saveExchange(core: Core): SavedExchange {
  forgetOld(core)
  const { books, sequence, historyFrom, ended } = core
  return {
    marginMode: core.parameters.marginMode,
    sequence,
    books,
    historyFrom,
    ended: ended.latest(KEPT),
    symbols: core.listed.map(({ instrument, leverage, position, orders, active, mark, time, fundedAt }) => ({
      symbol: instrument.symbol,
      leverage,
      // Prices are of no account where nothing is open.
      ...(active ? { mark, met: { time, fundedAt } } : UNMET),
      signed: position.signed,
      cost: position.cost,
      funding: position.funding,
      orders: orders.map(({ request, state, level, filled, releasePrice }) => ({
        request,
        state: state === 'done' ? 'armed' : state,
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
    const { leverage, signed, cost, funding, orders, mark } = past
    slot.leverage = leverage
    slot.mark = mark
    Object.assign(slot.position, { signed, cost, funding })
    for (const { request, ...state } of orders) slot.orders.push({ ...workingOrder(request), ...state })
    slot.pending = orders.filter(({ state }) => state === 'released').length
    // The insurance fund has been endowed for it before.
    slot.fundSeeded = true
    refresh(core, slot)
  }
}
