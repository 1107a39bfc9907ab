import { compare, times } from '../../domain/exact.ts'
import { refusal } from '../../domain/refusal.ts'
import { entrySide, sign } from '../../domain/side.ts'
import type { EntryRequest } from '../context.ts'
import type { Rule } from '../rule.ts'
import { orderProblem, type Steps } from '../order-precision.ts'

function entryProblem(request: EntryRequest, steps: Steps): string | undefined {
  const { order, direction, leverage, entry, stop } = request
  if (order.leg !== 'entry' || order.reduceOnly) return 'an entry is neither reduce-only nor another leg'
  if (order.type !== 'limit' || order.price === undefined) return 'an entry carries a limit price'
  if (order.triggerPrice !== undefined) return 'an entry has no trigger'
  if (order.side !== entrySide(direction)) return `${order.side} does not open a ${direction}`
  if (!(Number.isInteger(leverage) && leverage >= 1)) return `leverage ${leverage} is not a whole number of at least 1`
  if (!(Number.isFinite(entry) && entry > 0 && Number.isFinite(stop) && stop > 0))
    return `entry ${entry} and stop ${stop} must be prices`
  if (!(sign(direction) * (entry - stop) > 0)) return `stop ${stop} is not on the losing side of entry ${entry}`
  if (!Number.isFinite(request.fundingRate)) return `funding rate ${request.fundingRate} is not a number`
  if (request.signalId === '') return 'the signal has no identity'
  const problem = orderProblem(order, steps)
  if (problem !== undefined) return problem
  const { minQuantity, minNotional } = order.instrument
  if (compare(order.quantity, minQuantity) < 0) return `quantity ${order.quantity} is below the minimum ${minQuantity}`
  if (compare(times(order.price, order.quantity), minNotional) < 0)
    return `order value is below the minimum ${minNotional}`
  return undefined
}

/** The order is one that the venue would take and that opens what it says. */
export const orderShape = (steps: Steps): Rule => ({
  code: 'BAD_ORDER',
  needs: 'nothing',
  check({ request }) {
    const problem = entryProblem(request, steps)
    return problem === undefined ? undefined : refusal('BAD_ORDER', problem)
  },
})
