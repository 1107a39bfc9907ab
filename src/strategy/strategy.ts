import type { Candidate, StrategyName } from '../domain/candidate.ts'
import type { MarketView } from '../domain/market-view.ts'

/** Turns a view of one symbol into wants. Stateless: the same view gives the same candidates. */
export interface Strategy {
  readonly name: StrategyName
  /** Registry number, part of every order id: never reused for another strategy. */
  readonly number: number
  /** False: heatmap health, age and anchoring say nothing about this strategy's candidates. */
  readonly usesHeatmap: boolean
  /**
   * At most one candidate per direction. Those with refusals are for the record only; nothing near enough to be worth
   * a record gives the shared empty list.
   */
  readonly propose: (view: MarketView) => readonly Candidate[]
}

/** Shared by all strategies, because the quiet path allocates nothing. */
export const NO_CANDIDATES: readonly Candidate[] = Object.freeze([])
