import { clear } from '../domain/short-list.ts'
import { signalKey, type Candidate } from '../domain/candidate.ts'
import type { ClusterTransition } from '../domain/cluster.ts'
import type { Occasion } from '../domain/market-view.ts'
import { decide } from '../strategy/decide.ts'
import { entryRefusals } from '../strategy/entry-gate.ts'
import type { EngineCore } from './core.ts'
import { enter } from './enter.ts'
import { refuse } from './refuse.ts'
import type { SymbolState } from './symbol-state.ts'

const NO_TRANSITIONS: readonly ClusterTransition[] = Object.freeze([])

/** Asks all strategies about one symbol, decides, and enters or records why not. */
export function evaluate(core: EngineCore, state: SymbolState, occasion: Occasion): void {
  if (core.warming) return
  const view = core.views[state.instrument.index]!
  view.time = core.now
  view.occasion = occasion
  view.broken = state.broken
  // A rejection is a closed-bar condition in every mode.
  view.rejected = occasion === 'bar' ? state.rejected : NO_TRANSITIONS
  const { candidates } = core
  clear(candidates)
  for (let i = 0; i < core.strategies.length; i++) {
    const wants = core.strategies[i]!.propose(view)
    for (let j = 0; j < wants.length; j++) candidates.push(wants[j]!)
  }
  // At a break most were not asked: what they want has not gone false.
  if (occasion !== 'break' && state.history.fired.size > 0) forgetFalseSignals(state, candidates)
  if (candidates.length === 0) return
  const decision = decide(candidates, core.config.entry)
  for (const { candidate, refusals } of decision.refused) refuse(core, state, candidate, refusals)
  if (!decision.chosen) return
  const blocked = entryRefusals(view, decision.chosen, core.histories[state.instrument.index]!, core.config)
  if (blocked.length > 0) refuse(core, state, decision.chosen, blocked)
  else enter(core, state, view, decision.chosen, decision.support)
}

/** A signal must go false before it may fire again. */
function forgetFalseSignals(state: SymbolState, candidates: readonly Candidate[]): void {
  for (const key of state.history.fired) {
    if (!candidates.some((c) => c.refusals.length === 0 && signalKey(c) === key)) state.history.fired.delete(key)
  }
}
