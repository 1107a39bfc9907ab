import { SECOND_MS } from '../domain/time.ts'
import type { EngineCore } from './core.ts'
import type { SymbolState } from './symbol-state.ts'

/** What happened so shortly before the venue was asked may be missing from its answer. */
export const GRACE_MS = 2 * SECOND_MS

/** Looks in a row after which a difference is one, whether or not it has stayed the same. */
export const UNSETTLED_LOOKS = 6

/** Whether news of this symbol may still be on their way. */
export function isMoving(core: EngineCore, state: SymbolState, askedAt: number): boolean {
  for (const order of core.orders.open.values()) {
    if (order.request.instrument !== state.instrument) continue
    if (order.state === 'submitted' || order.state === 'unknown' || order.state === 'triggered') return true
    if (order.request.leg === 'exit') return true
  }
  return state.accountTime + GRACE_MS > askedAt
}

/** True when the same difference was there in the snapshot before; else it is remembered and looked at again. */
export function confirmed(
  core: EngineCore,
  before: ReadonlyMap<string, string>,
  name: string,
  difference: string,
): boolean {
  if (before.get(name) === difference) return true
  core.venue.suspected.set(name, difference)
  return false
}
