import { isInBand } from '../../domain/instrument.ts'
import { refusal } from '../../domain/refusal.ts'
import type { Rule } from '../rule.ts'

/** The venue takes an order at this price: where it tells how far from the mark it takes them. */
export const priceBand: Rule = {
  code: 'PRICE_BAND',
  needs: 'figures',
  check({ request, limit, mark }) {
    const { order } = request
    const band = order.instrument.priceBand
    if (band === null || isInBand(band, order.side, limit, mark)) return undefined
    const bound = order.side === 'buy' ? mark * band.up : mark * band.down
    return refusal(
      'PRICE_BAND',
      `the venue takes no ${order.side} at ${limit}: its bound is ${bound} at a mark of ${mark}`,
      {
        limit,
        bound,
        mark,
      },
    )
  },
}
