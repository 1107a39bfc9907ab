import { SECOND_MS } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'
import type { EngineCore } from './core.ts'
import type { SymbolState } from './symbol-state.ts'

/** What happened so shortly before the venue was asked may be missing from its answer. */
export const GRACE_MS = 2 * SECOND_MS

/** Looks in a row after which a difference is one, whether or not it has stayed the same. */
export const UNSETTLED_LOOKS = 6

/**
 * Whether news of this symbol may still be on their way.
 * @param beyond the position is larger than in the books, or the other way round: no order that only reduces makes it so
 */
export function isMoving(core: EngineCore, state: SymbolState, askedAt: number, beyond = false): boolean {
  for (const order of core.orders.open.values()) {
    if (order.request.instrument !== state.instrument || (beyond && order.request.reduceOnly)) continue
    if (order.state === 'submitted' || order.state === 'unknown' || order.state === 'triggered') return true
    if (order.request.leg === 'exit') return true
  }
  return state.accountTime + GRACE_MS > askedAt
}

/** A difference that a look has shown, and nobody has acted on yet. */
export interface Suspicion {
  readonly difference: string
  /** When the first of the looks in a row that show the same was asked for. */
  readonly since: EpochMs
}

/** Looks that are asked for sooner after one another tell the same, late news or not. */
export const APART_MS = SECOND_MS

/** Remembers a difference for the looks to come. */
export function suspect(
  core: EngineCore,
  before: ReadonlyMap<string, Suspicion>,
  name: string,
  difference: string,
  askedAt: EpochMs,
): void {
  const earlier = before.get(name)
  const since = earlier?.difference === difference ? earlier.since : askedAt
  core.venue.suspected.set(name, { difference, since })
}

/**
 * True when an earlier look has shown the same difference; else it is remembered and looked at again.
 * @param apartMs least time between the first of them and this one
 */
export function confirmed(
  core: EngineCore,
  before: ReadonlyMap<string, Suspicion>,
  name: string,
  difference: string,
  askedAt: EpochMs,
  apartMs: number = APART_MS,
): boolean {
  const earlier = before.get(name)
  if (earlier?.difference === difference && askedAt - earlier.since >= apartMs) return true
  suspect(core, before, name, difference, askedAt)
  return false
}
