import { MINUTE_MS, SECOND_MS } from '../../../domain/time.ts'
import { ORDERS_PER_MINUTE, ORDERS_PER_TEN_SECONDS, WEIGHT_PER_MINUTE } from './market-data/rate-limits.ts'
import { failure, type ApiFailure } from './reject-code.ts'

/** What has been used of a limit, counted in market time. */
export interface Usage {
  /** Counts a request; a failure when it is one too many and limits are enforced. */
  count(now: number, used: number): ApiFailure | null
  /** What the answer to a request says of it. */
  headers(now: number): Readonly<Record<string, string>>
}

const TOO_MANY = failure(-1003, 'Too many requests; current limit of IP is exceeded.', 429)
const BANNED = failure(-1003, 'Way too many requests; IP banned for a while.', 418)
const TOO_MANY_ORDERS = failure(-1015, 'Too many new orders.', 429)
/** Requests that go on after a 429 until the address is banned for the rest of the minute. */
const PATIENCE = 20

/**
 * The weight of all requests: they all come from this machine, whatever their account.
 * @param enforced false: counted and told, never refused
 */
export function createWeightUsage(enforced: boolean): Usage {
  const minute = createWindow(MINUTE_MS)
  const refused = createWindow(MINUTE_MS)

  return {
    count(now, weight) {
      if (minute.add(now, weight) <= WEIGHT_PER_MINUTE || !enforced) return null
      return refused.add(now, 1) > PATIENCE ? BANNED : TOO_MANY
    },
    headers: (now) => ({ 'x-mbx-used-weight-1m': String(minute.add(now, 0)) }),
  }
}

/**
 * The orders of one account.
 * @param enforced false: counted and told, never refused
 */
export function createOrderUsage(enforced: boolean): Usage {
  const minute = createWindow(MINUTE_MS)
  const ten = createWindow(10 * SECOND_MS)

  return {
    count(now, orders) {
      const over = [minute.add(now, orders) > ORDERS_PER_MINUTE, ten.add(now, orders) > ORDERS_PER_TEN_SECONDS]
      return enforced && over.includes(true) ? TOO_MANY_ORDERS : null
    },
    headers: (now) => ({
      'x-mbx-order-count-10s': String(ten.add(now, 0)),
      'x-mbx-order-count-1m': String(minute.add(now, 0)),
    }),
  }
}

/** A sum that begins anew with every whole multiple of `ms`. */
function createWindow(ms: number): { readonly add: (now: number, used: number) => number } {
  const state = { window: -1, sum: 0 }
  return {
    add(now, used) {
      const window = Math.floor(now / ms)
      if (window !== state.window) Object.assign(state, { window, sum: 0 })
      state.sum += used
      return state.sum
    },
  }
}
