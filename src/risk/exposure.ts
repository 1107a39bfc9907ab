import { numberOf } from '../domain/decimal.ts'
import type { OrderEvent } from '../domain/event.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import { removeAt } from '../domain/short-list.ts'
import type { Direction } from '../domain/side.ts'

/**
 * What working entries would add to the account if every one of them filled. An order counts from the moment it is
 * approved; one whose fate is unknown goes on counting in full until the venue has proven otherwise.
 */
export interface ExposureBook {
  /** By instrument index, in the quote currency; never negative. */
  readonly workingBuyNotional: Float64Array
  readonly workingSellNotional: Float64Array
  /** Margin that the working entries would take. */
  readonly workingMargin: number
  /** Number of working entries. */
  readonly working: number
  /** Counts an entry at `price`, the worst it can be valued at (`worstPrice`). Throws on an id that already counts. */
  reserve(order: OrderRequest, price: number, leverage: number): void
  /** Whether an order counts. */
  has(id: ClientOrderId): boolean
  /** Takes in an event that the order tracker has accepted as news. Orders that were never reserved are ignored. */
  apply(event: OrderEvent): void
  /** Lets an order go that reconciliation has proven gone. */
  release(id: ClientOrderId): void
}

interface Reservation {
  readonly id: ClientOrderId
  readonly instrumentIndex: number
  readonly buy: boolean
  readonly price: number
  readonly leverage: number
  readonly quantity: number
  filled: number
  /** What may still come: `quantity` until the venue says the order is done with less. */
  limit: number
}

/** A rest smaller than this share of the order is the noise of adding fills as numbers. */
const NOISE = 1e-9

export function createExposureBook(instrumentCount: number): ExposureBook {
  const buy = new Float64Array(instrumentCount)
  const sell = new Float64Array(instrumentCount)
  /** A handful: one entry of each instrument at most. A map that changes all the time costs more than the look through it. */
  const orders: Reservation[] = []

  const placeOf = (id: ClientOrderId): number => orders.findIndex((order) => order.id === id)

  const rest = (order: Reservation): number => Math.max(0, order.limit - order.filled)

  /** Sums anew instead of adding and subtracting, so that nothing is left over when nothing works. */
  function sum(instrumentIndex: number): void {
    let buys = 0
    let sells = 0
    book.workingMargin = 0
    for (const order of orders) {
      const value = rest(order) * order.price
      book.workingMargin += value / order.leverage
      if (order.instrumentIndex !== instrumentIndex) continue
      if (order.buy) buys += value
      else sells += value
    }
    buy[instrumentIndex] = buys
    sell[instrumentIndex] = sells
    book.working = orders.length
  }

  function remove(id: ClientOrderId): void {
    const place = placeOf(id)
    if (place < 0) return
    const { instrumentIndex } = orders[place]!
    removeAt(orders, place)
    sum(instrumentIndex)
  }

  // Fields instead of getters: V8 keeps a literal with getters as a dictionary, and every look at it would be a search.
  const book: { -readonly [K in keyof ExposureBook]: ExposureBook[K] } = {
    workingBuyNotional: buy,
    workingSellNotional: sell,
    workingMargin: 0,
    working: 0,
    reserve(order, price, leverage) {
      if (order.reduceOnly) throw new Error(`order ${order.clientOrderId} reduces: it reserves nothing`)
      if (placeOf(order.clientOrderId) >= 0) throw new Error(`order ${order.clientOrderId} is reserved already`)
      const quantity = numberOf(order.quantity)
      if (!(quantity > 0 && price > 0 && leverage > 0))
        throw new Error(`order ${order.clientOrderId}: nothing to reserve`)
      const instrumentIndex = order.instrument.index
      orders.push({
        id: order.clientOrderId,
        instrumentIndex,
        buy: order.side === 'buy',
        price,
        leverage,
        quantity,
        filled: 0,
        limit: quantity,
      })
      sum(instrumentIndex)
    },
    has: (id) => placeOf(id) >= 0,
    apply(event) {
      switch (event.kind) {
        case 'order_accepted':
        case 'order_triggered':
        case 'order_unknown':
          return
        case 'order_rejected':
        case 'order_canceled':
        case 'order_expired':
          remove(event.clientOrderId)
          return
        case 'order_filled': {
          const order = orders[placeOf(event.clientOrderId)]
          if (!order) return
          order.filled += numberOf(event.quantity)
          // A finished order whose fills are not all here yet: the missing ones are in the position, but not in our books.
          if (event.done) order.limit = Math.min(order.limit, numberOf(event.cumulative))
          if (rest(order) <= order.quantity * NOISE) remove(event.clientOrderId)
          else sum(order.instrumentIndex)
        }
      }
    },
    release: remove,
  }
  return book
}

/**
 * Largest size, in the quote currency, that a position may reach when any of its working entries fill: a position p
 * with buys b and sells s ends between p − s and p + b.
 */
export const worstNotional = (position: number, workingBuy: number, workingSell: number): number =>
  Math.max(Math.abs(position + workingBuy), Math.abs(position - workingSell))

/** Sum of `worstNotional` over all instruments. */
export function worstGross(positions: Float64Array, workingBuy: Float64Array, workingSell: Float64Array): number {
  let total = 0
  for (let i = 0; i < positions.length; i++) total += worstNotional(positions[i]!, workingBuy[i]!, workingSell[i]!)
  return total
}

/**
 * How much a new entry may add, in the quote currency, before `worstNotional` of its instrument passes `limit`; not above
 * 0 when there is no room. Sizing and the gate agree to the last bit by using this one.
 */
export function roomFor(
  direction: Direction,
  position: number,
  workingBuy: number,
  workingSell: number,
  limit: number,
): number {
  const long = direction === 'LONG'
  const otherSide = long ? workingSell - position : position + workingBuy
  if (!(Math.abs(otherSide) <= limit)) return Number.NEGATIVE_INFINITY
  return limit - (long ? position + workingBuy : workingSell - position)
}
