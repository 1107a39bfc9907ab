import { createBoundedMap } from '../domain/bounded-map.ts'
import { signalKey, type Candidate } from '../domain/candidate.ts'
import type { DecisionNote } from '../domain/effect.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Refusal } from '../domain/refusal.ts'

/** Oldest entries are forgotten beyond this; the cost of forgetting is one repeated record. */
const MAX_REMEMBERED = 4_096

/** Wants of an instrument whose keys are kept spelt. */
const SPELT = 8

/** Says of a decision whether it is news: one record per change of (symbol, strategy, cluster, gate). */
export interface DecisionLog {
  /** The note to keep, or `undefined` when the same gates already stopped the same want. */
  refused(instrument: Instrument, candidate: Candidate, refusals: readonly Refusal[]): DecisionNote | undefined
  entered(instrument: Instrument, candidate: Candidate, quantity: string, support: readonly string[]): DecisionNote
}

export function createDecisionLog(): DecisionLog {
  const last = createBoundedMap<string, string>(MAX_REMEMBERED)

  const spelt: { readonly candidate: Candidate; readonly key: string }[][] = []
  let oldest = 0

  /**
   * The same few wants come again at every bar. A text that is put together anew has to be hashed anew, so that each is
   * spelt once.
   */
  function keyOf({ symbol, index }: Instrument, candidate: Candidate): string {
    const own = (spelt[index] ??= [])
    const id = candidate.anchor?.id
    for (const each of own) {
      const { strategy, direction, anchor } = each.candidate
      if (strategy === candidate.strategy && direction === candidate.direction && anchor?.id === id) return each.key
    }
    const key = `${symbol}:${signalKey(candidate)}`
    if (own.length < SPELT) own.push({ candidate, key })
    else own[oldest] = { candidate, key }
    oldest = (oldest + 1) % SPELT
    return key
  }

  /** True when `gates` differs from what was last said about this want. */
  function changed(key: string, gates: string): boolean {
    if (last.get(key) === gates) return false
    last.set(key, gates)
    return true
  }

  return {
    refused(instrument, candidate, refusals) {
      // One code, as most are, is a text that exists already.
      const gates = refusals.length === 1 ? refusals[0]!.code : refusals.map((r) => r.code).join(',')
      if (!changed(keyOf(instrument, candidate), gates)) return undefined
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
      changed(keyOf(instrument, candidate), 'entered')
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
