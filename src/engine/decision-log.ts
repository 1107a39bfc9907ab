import { createBoundedMap } from '../domain/bounded-map.ts'
import { signalKey, type Candidate } from '../domain/candidate.ts'
import type { DecisionNote } from '../domain/effect.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Refusal } from '../domain/refusal.ts'

/** Oldest entries are forgotten beyond this; the cost of forgetting is one repeated record. */
const MAX_REMEMBERED = 4_096

/** Says of a decision whether it is news: one record per change of (symbol, strategy, cluster, gate). */
export interface DecisionLog {
  /** The note to keep, or `undefined` when the same gates already stopped the same want. */
  refused(instrument: Instrument, candidate: Candidate, refusals: readonly Refusal[]): DecisionNote | undefined
  entered(instrument: Instrument, candidate: Candidate, quantity: string, support: readonly string[]): DecisionNote
}

export function createDecisionLog(): DecisionLog {
  const last = createBoundedMap<string, string>(MAX_REMEMBERED)

  /** True when `gates` differs from what was last said about this want. */
  function changed(key: string, gates: string): boolean {
    if (last.get(key) === gates) return false
    last.set(key, gates)
    return true
  }

  return {
    refused(instrument, candidate, refusals) {
      let gates = ''
      for (const r of refusals) gates += r.code + ','
      if (!changed(`${instrument.symbol}:${signalKey(candidate)}`, gates)) return undefined
      return {
        kind: 'decision',
        symbol: instrument.symbol,
        candidate,
        outcome: 'refused',
        quantity: null,
        refusals,
        support: [],
      }
    },
    entered(instrument, candidate, quantity, support) {
      changed(`${instrument.symbol}:${signalKey(candidate)}`, 'entered')
      return {
        kind: 'decision',
        symbol: instrument.symbol,
        candidate,
        outcome: 'entered',
        quantity,
        refusals: [],
        support,
      }
    },
  }
}
