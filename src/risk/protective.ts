import { compare, magnitude } from '../domain/exact.ts'
import { closingQuantity } from '../domain/instrument.ts'
import type { Decimal } from '../domain/decimal.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { PositionBook } from '../domain/portfolio.ts'
import { orderProblem, type Steps } from './order-precision.ts'

/** Why the parts of the order do not fit the leg it claims to be; `undefined` when they do. */
function shapeProblem(order: OrderRequest): string | undefined {
  const { leg, type, price, triggerPrice } = order
  switch (type) {
    case 'stop_market':
      if (leg !== 'stop') return `a stop order is no ${leg}`
      return triggerPrice === undefined || price !== undefined ? 'a stop has a trigger and no limit price' : undefined
    case 'take_profit_market':
      if (leg !== 'target') return `a take-profit order is no ${leg}`
      return triggerPrice === undefined || price !== undefined
        ? 'a take-profit has a trigger and no limit price'
        : undefined
    case 'limit':
      if (leg !== 'target' && leg !== 'exit') return `a limit order is no ${leg}`
      return price === undefined || triggerPrice !== undefined ? 'a limit order has a price and no trigger' : undefined
    case 'market':
      if (leg !== 'exit') return `a market order is no ${leg}`
      return price !== undefined || triggerPrice !== undefined
        ? 'a market order has neither price nor trigger'
        : undefined
  }
}

/** No larger than the position, or than the one step that the whole of it takes. */
const isWithin = ({ quantity, instrument }: OrderRequest, position: Decimal): boolean =>
  compare(quantity, position) <= 0 || compare(quantity, closingQuantity(position, instrument)) <= 0

/**
 * What is wrong with a stop, target or exit. Only sanity: that it reduces this position, and that the venue can take it.
 * While one leg replaces another both rest at full size; each for itself never exceeds the position.
 */
export function protectiveRefusals(
  order: OrderRequest,
  position: PositionBook,
  steps: Steps,
): readonly Refusal[] | undefined {
  const long = position.signed.isPositive()
  const problem = shapeProblem(order) ?? orderProblem(order, steps)
  const wouldIncrease =
    !order.reduceOnly ||
    order.leg === 'entry' ||
    !position.signed.isFinite() ||
    order.side !== (long ? 'sell' : 'buy') ||
    !isWithin(order, magnitude(position.signed))
  if (problem === undefined && !wouldIncrease) return undefined
  const refusals: Refusal[] = []
  if (problem !== undefined) refusals.push(refusal('BAD_ORDER', problem))
  if (wouldIncrease) {
    const kind = order.reduceOnly ? 'reduce-only ' : ''
    refusals.push(
      refusal(
        'WOULD_INCREASE',
        `${kind}${order.side} ${order.quantity} does not only reduce a position of ${position.signed}`,
        {
          quantity: order.quantity.toString(),
          position: position.signed.toString(),
        },
      ),
    )
  }
  return refusals
}
