import type { OrderSide } from '../../src/domain/side.ts'

/** An order as the exchange has it. Market ms. */
export interface VenueOrder {
  readonly id: string
  readonly side: OrderSide
  readonly reduceOnly: boolean
  readonly isStop: boolean
  /** Base units. */
  readonly quantity: number
  readonly state: 'open' | 'ended' | 'refused'
  readonly placedAt: number
  /** Of one that has ended. */
  readonly endedAt: number
  /** Number of executions. */
  readonly fills: number
}

/** An execution: the exchange's, or one that the journal has booked. Decimals as text, in their shortest form. */
export interface Execution {
  readonly id: string
  readonly side: string
  readonly price: string
  readonly quantity: string
  readonly fee: string
}

/** A span of market time. */
export interface Span {
  readonly from: number
  readonly until: number
}

export interface VenueBooks {
  readonly orders: readonly VenueOrder[]
  readonly executions: readonly (Execution & { readonly time: number })[]
  readonly wallet: string
  readonly isFlat: boolean
  readonly now: number
  /** When no bot was running while the market went on. */
  readonly absences: readonly Span[]
}

export interface JournalBooks {
  readonly intents: readonly string[]
  /** Client order id and state. */
  readonly orders: readonly (readonly [id: string, state: string])[]
  readonly executions: readonly Execution[]
  /** What is wrong with the chain of hashes; `null`: nothing. */
  readonly audit: string | null
}

/** What the last bot of a day said of itself. */
export interface BotBooks {
  readonly wallet: string
  readonly ledgerAgrees: boolean | null
  readonly openPositions: number
  readonly settled: boolean
  /** Orders that it takes for open, or whose fate it does not know. */
  readonly unresolved: readonly string[]
}

/** All that is known of a day when it is over. */
export interface Evidence {
  readonly venue: VenueBooks
  /** A text: why it cannot be read. */
  readonly journal: JournalBooks | string
  readonly bot: BotBooks
}
