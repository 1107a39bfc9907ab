import type { Approved } from './approved.ts'
import type { ClusterTransition } from './cluster.ts'
import type { Candidate } from './candidate.ts'
import type { Instrument } from './instrument.ts'
import type { ClientOrderId, OrderRequest, OrderState } from './order.ts'
import type { Refusal } from './refusal.ts'
import type { Trade } from './trade.ts'
import type { EpochMs } from './unit.ts'

/** What the engine wants done. Outcomes come back as events only. */
export type Effect = Submit | Cancel | Query | Check | RequestSnapshot | Schedule | Alert | Note | Save

export interface Submit {
  readonly kind: 'submit'
  readonly order: Approved<OrderRequest>
}
export interface Cancel {
  readonly kind: 'cancel'
  readonly clientOrderId: ClientOrderId
  readonly instrument: Instrument
}
export interface Query {
  readonly kind: 'query'
  readonly clientOrderId: ClientOrderId
  readonly instrument: Instrument
}
/** Look whether an order still rests: a question asked regularly, which waits for everything more urgent. */
export interface Check {
  readonly kind: 'check'
  readonly clientOrderId: ClientOrderId
  readonly instrument: Instrument
}
/** Ask for the whole account; `account_snapshot` or `snapshot_failed` answers. */
export interface RequestSnapshot {
  readonly kind: 'snapshot'
  /** What is wrong with the account is alarmed of again, also where it has been before. */
  readonly afresh: boolean
}
/** Ask for a timer event; scheduling an id again moves it. */
export interface Schedule {
  readonly kind: 'schedule'
  readonly id: string
  readonly at: EpochMs
}
export interface Alert {
  readonly kind: 'alert'
  readonly level: 'info' | 'warning' | 'critical'
  readonly code: string
  readonly message: string
}
/** Something to be remembered, with no consequence outside. */
export interface Note {
  readonly kind: 'note'
  readonly time: EpochMs
  readonly note: DecisionNote | TradeNote | TransitionNote | CorrectionNote | ConclusionNote
}

/** A part of the engine's state that the next process needs, under its name; `null`: no longer. */
export interface Save {
  readonly kind: 'save'
  readonly key: string
  readonly value: string | null
}

/** An evaluation that could have traded: recorded once per change of (symbol, strategy, cluster, gate). */
export interface DecisionNote {
  readonly kind: 'decision'
  readonly symbol: string
  readonly candidate: Candidate
  readonly outcome: 'entered' | 'refused'
  /** Base units; `null` where it was refused before sizing. */
  readonly quantity: string | null
  readonly refusals: readonly Refusal[]
  /** The other strategies that wanted the same direction. */
  readonly support: readonly string[]
}
export interface TradeNote {
  readonly kind: 'trade'
  readonly trade: Trade
}
export interface TransitionNote {
  readonly kind: 'transition'
  readonly symbol: string
  readonly transition: ClusterTransition
}

/** What the comparison with the venue has changed, or found. A closed list. */
export type CorrectionKind =
  /** An execution that no news had told. */
  | 'missed_execution'
  | 'missed_funding'
  /** The venue has an order open that was taken for something else. */
  | 'order_found'
  /** An order of ours that belongs to no trade: withdrawn. */
  | 'stray_order'
  | 'position_adjusted'
  | 'wallet_adjusted'
  | 'foreign_order'
  | 'foreign_position'
  /** A position that had no stop at the venue. */
  | 'naked_position'

/** A difference between the books and the venue, and what was done about it. */
export interface CorrectionNote {
  readonly kind: 'correction'
  readonly correction: CorrectionKind
  /** `null`: of the whole account. */
  readonly symbol: string | null
  readonly message: string
  readonly figures: Readonly<Record<string, string>>
}

/** What the engine concluded of an order that no news had told of, so that whoever keeps its state follows. */
export interface ConclusionNote {
  readonly kind: 'conclusion'
  readonly symbol: string
  readonly clientOrderId: ClientOrderId
  readonly state: Extract<OrderState, 'accepted' | 'rejected' | 'canceled'>
  readonly message: string
}
