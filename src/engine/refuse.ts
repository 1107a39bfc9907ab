import type { Candidate } from '../domain/candidate.ts'
import type { Refusal } from '../domain/refusal.ts'
import { alert, type EngineCore } from './core.ts'
import type { SymbolState } from './symbol-state.ts'

/** Records a refusal once per change of its gates, and latches a symbol that repeats itself. */
export function refuse(core: EngineCore, state: SymbolState, candidate: Candidate, refusals: readonly Refusal[]): void {
  const note = core.decisions.refused(state.instrument, candidate, refusals)
  if (!note) return
  core.counters.refusedDecisions++
  for (const { code } of refusals) core.counters.refusals.set(code, (core.counters.refusals.get(code) ?? 0) + 1)
  core.effects.push({ kind: 'note', time: core.now, note })
  const repeated = refusals.find((r) => r.code === 'ENTRY_RATE')
  if (!repeated) return
  const { symbol } = state.instrument
  if (
    core.account.latches.trip({ code: 'ENTRY_RATE', symbol, since: core.now, reason: repeated.message, until: null })
  ) {
    alert(
      core,
      'critical',
      'ENTRY_RATE',
      `${symbol}: ${repeated.message}; entries of the symbol are off until a person lifts the latch`,
    )
  }
}
