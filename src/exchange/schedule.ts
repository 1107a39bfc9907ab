import type { ForcedCause } from '../domain/event.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { ClientOrderId, OrderRequest } from '../domain/order.ts'
import { removeAt } from '../domain/short-list.ts'
import type { WorkingOrder } from './working-order.ts'

/** What is under way to the market. */
export type Action =
  | { readonly kind: 'submit'; readonly time: number; readonly instrument: Instrument; readonly request: OrderRequest }
  | { readonly kind: 'cancel'; readonly time: number; readonly instrument: Instrument; readonly id: ClientOrderId }
  | { readonly kind: 'query'; readonly time: number; readonly instrument: Instrument; readonly id: ClientOrderId }
  | { readonly kind: 'release'; readonly time: number; readonly instrument: Instrument; readonly order: WorkingOrder }
  | {
      readonly kind: 'force'
      readonly time: number
      readonly instrument: Instrument
      readonly cause: ForcedCause
    }

export interface Schedule {
  /** Time of the first action; Infinity when there is none. */
  readonly time: number
  add(action: Action): void
  /** Removes and returns the first action; call only when there is one. */
  take(): Action
}

/** Actions by time, first come first served at equal times. A handful at most: kept sorted by insertion. */
export function createSchedule(): Schedule {
  const actions: Action[] = []
  const schedule = {
    time: Infinity,
    add(action: Action): void {
      // Inserted by hand: `splice` makes a list of what it removes, which is nothing.
      let at = actions.length
      actions.push(action)
      for (; at > 0 && actions[at - 1]!.time > action.time; at -= 1) actions[at] = actions[at - 1]!
      actions[at] = action
      schedule.time = actions[0]!.time
    },
    take(): Action {
      const first = actions[0]
      if (first === undefined) throw new Error('exchange: nothing is scheduled')
      removeAt(actions, 0)
      schedule.time = actions.length > 0 ? actions[0]!.time : Infinity
      return first
    },
  }
  return schedule
}
