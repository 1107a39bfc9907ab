import { createBoundedMap } from '../domain/bounded-map.ts'
import { signalKey, type Candidate } from '../domain/candidate.ts'
import type { DecisionNote } from '../domain/effect.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Refusal } from '../domain/refusal.ts'

/** Oldest entries are forgotten beyond this; the cost of forgetting is one repeated record. */
const MAX_REMEMBERED = 4_096

/** Wants of an instrument whose keys are kept spelt. */
const SPELT = 8

interface Want {
  readonly candidate: Candidate
  readonly key: string
  /** What stopped it when it was last looked at; `null`: nothing, or it is not known here. */
  gates: readonly Refusal[] | null
}

function sameCodes(a: readonly Refusal[], b: readonly Refusal[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i]!.code !== b[i]!.code) return false
  return true
}

/** Says of a decision whether it is news: one record per change of (symbol, strategy, cluster, gate). */
export interface DecisionLog {
  /** The note to keep, or `undefined` when the same gates already stopped the same want. */
  refused(instrument: Instrument, candidate: Candidate, refusals: readonly Refusal[]): DecisionNote | undefined
  entered(instrument: Instrument, candidate: Candidate, quantity: string, support: readonly string[]): DecisionNote
}

export function createDecisionLog(): DecisionLog {
  const last = createBoundedMap<string, string>(MAX_REMEMBERED)

  const wants: Want[][] = []
  let oldest = 0

  /**
   * The same few wants come again at every bar. A text that is put together anew has to be hashed anew, so that each is
   * spelt once.
   */
  function wantOf({ symbol, index }: Instrument, candidate: Candidate): Want {
    const own = (wants[index] ??= [])
    const id = candidate.anchor?.id
    for (let i = 0; i < own.length; i++) {
      const { strategy, direction, anchor } = own[i]!.candidate
      if (strategy === candidate.strategy && direction === candidate.direction && anchor?.id === id) return own[i]!
    }
    const want: Want = { candidate, key: `${symbol}:${signalKey(candidate)}`, gates: null }
    if (own.length < SPELT) own.push(want)
    else own[oldest] = want
    oldest = (oldest + 1) % SPELT
    return want
  }

  /** True when `gates` differs from what was last said about this want. */
  function changed(key: string, gates: string): boolean {
    if (last.get(key) === gates) return false
    last.set(key, gates)
    return true
  }

  return {
    refused(instrument, candidate, refusals) {
      const want = wantOf(instrument, candidate)
      if (want.gates !== null && sameCodes(want.gates, refusals)) return undefined
      want.gates = refusals
      if (!changed(want.key, refusals.map((r) => r.code).join(','))) return undefined
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
      const want = wantOf(instrument, candidate)
      want.gates = null
      changed(want.key, 'entered')
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
