import type { Config } from '../config/schema.ts'
import type { Candidate, StrategyName } from '../domain/candidate.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'

export interface RefusedCandidate {
  readonly candidate: Candidate
  /** Why; never empty. */
  readonly refusals: readonly Refusal[]
}

export interface Combination {
  readonly combination: Config['entry']['combination']
  readonly priority: readonly StrategyName[]
}

/** What becomes of all the candidates of one symbol at one evaluation. */
export interface Decision {
  readonly chosen: Candidate | null
  readonly refused: readonly RefusedCandidate[]
  /** The other strategies that want what was chosen. */
  readonly support: readonly StrategyName[]
}

const NOTHING: Decision = Object.freeze({ chosen: null, refused: Object.freeze([]), support: Object.freeze([]) })

const described = (c: Candidate): string => `${c.strategy} ${c.direction}`

function opposed(candidate: Candidate, others: readonly Candidate[]): Refusal {
  const names = others
    .filter((c) => c.direction !== candidate.direction)
    .map(described)
    .join(', ')
  return refusal('OPPOSITE_SIGNALS', `opposite signal at the same time: ${names}`, { opposite: names })
}

function outranked(candidate: Candidate, chosen: Candidate): Refusal {
  return refusal('LOWER_PRIORITY', `${described(chosen)} comes before ${described(candidate)}`, {
    chosen: chosen.strategy,
  })
}

/**
 * One decision out of many wants. Candidates with refusals of their own neither trade nor veto. `veto`: opposite
 * directions cancel each other, else the first in `priority` trades; `first`: the first in `priority` trades whatever
 * the others say. Strategies that `priority` does not name come last, in the order given.
 */
export function decide(candidates: readonly Candidate[], config: Combination): Decision {
  if (candidates.length === 0) return NOTHING
  const refused: RefusedCandidate[] = []
  const signals: Candidate[] = []
  for (const candidate of candidates) {
    if (candidate.refusals.length > 0) refused.push({ candidate, refusals: candidate.refusals })
    else signals.push(candidate)
  }
  const isSplit = signals.some((c) => c.direction !== signals[0]!.direction)
  if (isSplit && config.combination === 'veto') {
    for (const candidate of signals) refused.push({ candidate, refusals: [opposed(candidate, signals)] })
    return { chosen: null, refused, support: [] }
  }
  const order = config.priority
  const rank = (c: Candidate): number => (order.includes(c.strategy) ? order.indexOf(c.strategy) : order.length)
  let chosen: Candidate | null = null
  for (const candidate of signals) if (chosen === null || rank(candidate) < rank(chosen)) chosen = candidate
  if (chosen === null) return { chosen, refused, support: [] }
  const support: StrategyName[] = []
  for (const candidate of signals) {
    if (candidate === chosen) continue
    if (candidate.direction === chosen.direction) support.push(candidate.strategy)
    else refused.push({ candidate, refusals: [outranked(candidate, chosen)] })
  }
  return { chosen, refused, support }
}
