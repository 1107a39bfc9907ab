import { TERMINAL_STATES, type OrderState } from '../../../domain/order.ts'

/** The states that each one may follow: news comes late, twice and in any order. */
const BEFORE: Readonly<Partial<Record<OrderState, ReadonlySet<string>>>> = {
  // What was taken for never accepted may be accepted after all.
  accepted: new Set(['submitted', 'unknown', 'rejected']),
  triggered: new Set(['submitted', 'accepted', 'unknown', 'pending_cancel']),
  unknown: new Set(['submitted']),
  pending_cancel: new Set(['submitted', 'accepted', 'triggered', 'partially_filled', 'unknown']),
}
const terminal: ReadonlySet<string> = TERMINAL_STATES

/** The state of an order in the journal after news of `told`. */
export function stateAfter(before: string, told: OrderState): string {
  const isLate = terminal.has(before) && !(before === 'rejected' && told === 'accepted')
  return !isLate && (BEFORE[told]?.has(before) ?? true) ? told : before
}

/** And after an execution; `complete`: nothing is left of it. A cancel that is under way stays so. */
export function stateAfterFill(before: string, complete: boolean): string {
  if (complete) return 'filled'
  // What was taken for never accepted lives.
  if (before === 'rejected') return 'partially_filled'
  return before === 'pending_cancel' ? before : stateAfter(before, 'partially_filled')
}
