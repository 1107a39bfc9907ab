import type { FundingPaid, ForcedCause, PositionReport } from '../../../domain/event.ts'
import type { Instrument } from '../../../domain/instrument.ts'
import type { OrderRequest, OrderType } from '../../../domain/order.ts'
import type { OrderSide } from '../../../domain/side.ts'
import type { EpochMs, Money, Price, Quantity } from '../../../domain/unit.ts'
import type { Priority } from '../../limiter/priority-limiter.ts'
import type { TellElsewhere } from './elsewhere.ts'
import type { KeyRights } from './key-rights.ts'

/** The list an order stands in: what waits for a trigger is kept apart by some venues. */
export type Namespace = 'regular' | 'conditional'

export type VenueOrderStatus = 'open' | 'triggered' | 'filled' | 'canceled' | 'expired' | 'rejected'

/** An order as the venue tells it, in an answer or in a frame. */
export interface VenueOrder {
  readonly namespace: Namespace
  readonly venueId: string
  /** Ours, somebody else's, or the venue's own; empty where it names none. */
  readonly clientOrderId: string
  readonly instrument: Instrument
  readonly side: OrderSide
  readonly type: OrderType | 'other'
  readonly quantity: Quantity
  /** What the venue says is filled; its executions are what counts. */
  readonly filled: Quantity
  readonly price: Price | null
  readonly triggerPrice: Price | null
  readonly reduceOnly: boolean
  readonly status: VenueOrderStatus
  /** The regular order that a conditional one became. */
  readonly childId: string | null
  readonly reason: string
  /** Why the venue itself sent it, to close a position; `null`: somebody else did, or the venue tells that of executions alone. */
  readonly forced: ForcedCause | null
  readonly venueTime: EpochMs
}

/** An execution, told by the order it belongs to. */
export interface VenueExecution {
  readonly instrument: Instrument
  /** Of the regular order; that of a conditional one is its child. */
  readonly orderId: string
  readonly tradeId: string
  readonly side: OrderSide
  readonly price: Price
  readonly quantity: Quantity
  readonly fee: Money
  readonly liquidity: 'maker' | 'taker'
  /** Why the venue itself closed a position by it; `null`: it did not, or the venue tells that of orders alone. */
  readonly forced: ForcedCause | null
  readonly venueTime: EpochMs
}

/** What a frame of the account's stream says. */
export type News =
  | { readonly kind: 'order'; readonly order: VenueOrder; readonly execution: VenueExecution | null }
  | { readonly kind: 'funding'; readonly venueTime: EpochMs }
  | { readonly kind: 'leverage'; readonly instrument: Instrument; readonly leverage: number }
  | {
      readonly kind: 'trigger_rejected'
      readonly venueId: string
      readonly instrument: Instrument
      readonly message: string
    }
  | { readonly kind: 'alarm'; readonly code: string; readonly message: string }
  /** The stream tells nothing more from here on. */
  | { readonly kind: 'expired' }

export type MarginMode = 'isolated' | 'cross'

export interface InstrumentSettings {
  readonly symbol: string
  readonly leverage: number
  readonly marginMode: MarginMode
}

/** What a frame means for a socket that is being opened. */
export type StreamStep =
  | { readonly kind: 'send'; readonly message: unknown }
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly message: string }

/** One socket of the account's stream. */
export interface StreamTarget {
  readonly url: string
  /** Sent as soon as it is open; `null`: the address alone opens the stream. */
  readonly greeting: unknown
  /** Leads from the greeting to a stream that tells; `null`: the frame is none of that. */
  onGreeted(frame: unknown): StreamStep | null
}

/**
 * Cancels a symbol's orders after so many ms unless it is called again, 0: not at all.
 * @param isWanted asked immediately before a request leaves; one that is wanted no more never does, and rejects
 * @param priority `protective`: leaves within a penalty, too, and is said once
 */
export type Countdown = (
  instrument: Instrument,
  afterMs: number,
  isWanted: () => boolean,
  priority: CountdownPriority,
) => Promise<void>
export type CountdownPriority = Extract<Priority, 'protective' | 'deferred' | 'poll'>

/**
 * One exchange's way to say things. Every function makes exactly the requests it must; failures reject with a
 * `CallError`, answers that make no sense with a `WireError`.
 */
export interface Dialect {
  /** After this long a request that got lost is refused by the venue for its age; ms of the venue's clock. */
  readonly requestLifeMs: number
  /** Sends once. */
  place(order: OrderRequest): Promise<VenueOrder>
  /** The order as it is after its cancel, or `null` where the venue only says that it is gone. */
  cancel(namespace: Namespace, clientOrderId: string, instrument: Instrument): Promise<VenueOrder | null>
  /** `null`: this list does not have it. */
  find(namespace: Namespace, clientOrderId: string, instrument: Instrument): Promise<VenueOrder | null>
  findChild(venueId: string, instrument: Instrument): Promise<VenueOrder | null>
  /** Of both lists; `null`: of all instruments. */
  openOrders(instrument: Instrument | null, onElsewhere?: TellElsewhere): Promise<readonly VenueOrder[]>
  /** Open and finished orders of both lists since a time. */
  history(instrument: Instrument, since: EpochMs): Promise<readonly VenueOrder[]>
  executionsOf(instrument: Instrument, orderId: string): Promise<readonly VenueExecution[]>
  /** Oldest first, complete. */
  executionsSince(instrument: Instrument, since: EpochMs): Promise<readonly VenueExecution[]>
  positions(
    settings: ReadonlyMap<string, InstrumentSettings>,
    onElsewhere?: TellElsewhere,
  ): Promise<readonly PositionReport[]>
  wallet(): Promise<Money>
  /** What the key may do; `null`: the venue does not tell in this environment. */
  keyRights(): Promise<KeyRights | null>
  lastPrice(instrument: Instrument): Promise<Price>
  /** Complete, oldest first; the position it was paid on as far as it can be told. */
  fundingsSince(since: EpochMs): Promise<readonly FundingPaid[]>
  settings(): Promise<ReadonlyMap<string, InstrumentSettings>>
  isHedged(): Promise<boolean>
  /** `null`: the venue cannot by symbol. */
  readonly countdown: Countdown | null
  /** What the venue calls the account, the same for each of its keys. */
  accountId(): Promise<string>
  /** Resolves with what the venue has set. */
  setLeverage(instrument: Instrument, leverage: number): Promise<number>
  setMarginMode(instrument: Instrument, mode: MarginMode): Promise<void>
  serverTime(): Promise<EpochMs>
  /** Whether orders that wait for a trigger are kept in a list of their own. */
  readonly conditionalsApart: boolean
  /** Fresh ways to the account's stream; all of them together tell everything. */
  streams(): Promise<readonly StreamTarget[]>
  /** Prolongs the stream's key. */
  prolongStream(): Promise<void>
  /** Market time between two prolongations. */
  readonly prolongEveryMs: number
  /** What a frame says; frames that do not matter say nothing. */
  readFrame(frame: unknown): readonly News[]
}
