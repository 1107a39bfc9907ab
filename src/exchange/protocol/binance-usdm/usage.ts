import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts'
import { ORDERS_PER_MINUTE, ORDERS_PER_TEN_SECONDS, WEIGHT_PER_MINUTE } from './market-data/rate-limits.ts'
import { failure, type ApiFailure } from './reject-code.ts'

/** What has been used of the limits, counted in market time. */
export interface Usage {
  /** Counts a request; a failure when it is one too many and limits are enforced. */
  count(now: number, weight: number, isOrder: boolean): ApiFailure | null
  readonly headers: Readonly<Record<string, string>>
}

const TOO_MANY = failure(-1003, 'Too many requests; current limit of IP is exceeded.', 429)
const BANNED = failure(-1003, 'Way too many requests; IP banned for a while.', 418)
const TOO_MANY_ORDERS = failure(-1015, 'Too many new orders.', 429)
/** Requests that go on after a 429 until the address is banned for the rest of the minute. */
const PATIENCE = 20

/** @param enforced false: counted and told, never refused */
export function createUsage(enforced: boolean): Usage {
  const state = { minute: -1, weight: 0, orders: 0, tenSeconds: -1, ordersTen: 0, refused: 0 }

  return {
    count(now, weight, isOrder) {
      const minute = Math.floor(now / MINUTE_MS)
      if (minute !== state.minute) Object.assign(state, { minute, weight: 0, orders: 0, refused: 0 })
      const ten = Math.floor(now / (10 * SECOND_MS))
      if (ten !== state.tenSeconds) Object.assign(state, { tenSeconds: ten, ordersTen: 0 })
      state.weight += weight
      if (isOrder) {
        state.orders += 1
        state.ordersTen += 1
      }
      if (!enforced) return null
      if (state.weight > WEIGHT_PER_MINUTE) {
        state.refused += 1
        return state.refused > PATIENCE ? BANNED : TOO_MANY
      }
      if (state.orders > ORDERS_PER_MINUTE || state.ordersTen > ORDERS_PER_TEN_SECONDS) return TOO_MANY_ORDERS
      return null
    },
    get headers() {
      return {
        'x-mbx-used-weight-1m': String(state.weight),
        'x-mbx-order-count-10s': String(state.ordersTen),
        'x-mbx-order-count-1m': String(state.orders),
      }
    },
  }
}
