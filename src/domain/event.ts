import type { LevelSnapshot, OpenInterest } from './cluster.ts'
import type { FeedFailureKind } from './heatmap-payload.ts'
import type { ContractTerms, Instrument } from './instrument.ts'
import type { ClientOrderId, OrderType } from './order.ts'
import type { Direction, OrderSide } from './side.ts'
import type { EpochMs, Money, Price, Quantity } from './unit.ts'

/**
 * Everything the engine can learn. `time` is when the bot knew it; events are delivered in the order
 * (time, rank, sequence) with the ranks account < market < heatmap < timer < command.
 * Feeds may reuse one market event object: a receiver copies what it keeps.
 */
export type EngineEvent = MarketEvent | AccountEvent | HeatmapEvent | HeatmapFailed | TimerEvent | CommandEvent
export type MarketEvent = PriceEvent | BarEvent | OpenInterestEvent

export interface PriceEvent {
  readonly kind: 'price'
  readonly time: EpochMs
  /** When the mark was so at the venue: long before `time` where the news waited, or the bot. */
  readonly venueTime: EpochMs
  readonly instrument: Instrument
  readonly last: number
  readonly mark: number
  /** Best bid and ask; NaN where no book is known. */
  readonly bid: number
  readonly ask: number
}

/** A closed bar. NaN marks a figure the feed does not have. */
export interface BarEvent {
  readonly kind: 'bar'
  /** When it became available: close + publication lag. */
  readonly time: EpochMs
  readonly openTime: EpochMs
  readonly closeTime: EpochMs
  readonly instrument: Instrument
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  /** Base units. */
  readonly volume: number
  /** Quote units. */
  readonly turnover: number
  /** Range of the mark price; NaN ⇒ the last price stands in (`mark_proxy`). */
  readonly markHigh: number
  readonly markLow: number
  /** Base units at the bar's close, as known at `time`. */
  readonly openInterest: number
  /** Rate of the last settlement, a fraction per interval. */
  readonly fundingRate: number
  readonly longShortRatio: number
  /** Base units bought by takers. */
  readonly takerBuyVolume: number
}

/** Open interest between bars, where a venue or provider publishes it more often. */
export interface OpenInterestEvent {
  readonly kind: 'open_interest'
  readonly time: EpochMs
  readonly instrument: Instrument
  readonly openInterest: OpenInterest
}

export interface HeatmapEvent {
  readonly kind: 'heatmap'
  readonly time: EpochMs
  readonly instrument: Instrument
  readonly snapshot: LevelSnapshot
}

/** A poll of a heatmap that brought none, or one that was refused whole. */
export interface HeatmapFailed {
  readonly kind: 'heatmap_failed'
  readonly time: EpochMs
  readonly instrument: Instrument
  readonly failure: FeedFailureKind
  readonly code: string
  readonly message: string
}

export interface TimerEvent {
  readonly kind: 'timer'
  readonly time: EpochMs
  readonly id: string
}

export type Command =
  | { readonly name: 'stop_entry'; readonly reason: string }
  | { readonly name: 'resume_entry'; readonly by: string; readonly reason: string }
  | { readonly name: 'force_exit'; readonly tradeId: string | 'all' }
  /** The run ends: no more entries, what is open is closed as `end_of_data`. */
  | { readonly name: 'finish' }
  /** The process ends: no more entries, working ones are withdrawn; positions stay behind their stops, or are closed. */
  | { readonly name: 'shutdown'; readonly policy: 'keep_protected' | 'flatten' }
  | {
      readonly name: 'clear_latch'
      readonly code: string
      /** The one that holds for this symbol; `null`: all of the code. */
      readonly symbol: string | null
      readonly by: string
      readonly reason: string
    }
  | { readonly name: 'kill'; readonly reason: string }

export interface CommandEvent {
  readonly kind: 'command'
  readonly time: EpochMs
  readonly command: Command
}

/** How a position was closed by the venue itself. */
export type ForcedCause = 'liquidation' | 'adl' | 'settlement'

interface AccountBase {
  readonly time: EpochMs
  readonly venueTime: EpochMs
  readonly instrument: Instrument
}

export interface OrderAccepted extends AccountBase {
  readonly kind: 'order_accepted'
  readonly clientOrderId: ClientOrderId
}
/** The venue has proven that the order does not and will not exist. */
export interface OrderRejected extends AccountBase {
  readonly kind: 'order_rejected'
  readonly clientOrderId: ClientOrderId
  readonly code: string
  readonly message: string
}
/** A stop or take-profit trigger fired and its market child is working. */
export interface OrderTriggered extends AccountBase {
  readonly kind: 'order_triggered'
  readonly clientOrderId: ClientOrderId
}
export interface OrderFilled extends AccountBase {
  readonly kind: 'order_filled'
  readonly clientOrderId: ClientOrderId
  readonly tradeId: string
  readonly side: OrderSide
  readonly price: Price
  readonly quantity: Quantity
  /** Quote units; positive = paid. */
  readonly fee: Money
  readonly liquidity: 'maker' | 'taker'
  /** Cumulative filled quantity of the order after this fill. */
  readonly cumulative: Quantity
  readonly done: boolean
}
export interface OrderCanceled extends AccountBase {
  readonly kind: 'order_canceled'
  readonly clientOrderId: ClientOrderId
  /** `requested`, `oco`, `position_closed`, `reduce_only`, … */
  readonly reason: string
}
/** The unfilled rest of an IOC order, or of one past its time. */
export interface OrderExpired extends AccountBase {
  readonly kind: 'order_expired'
  readonly clientOrderId: ClientOrderId
  readonly reason: string
}
/** The order's fate is not known: it may exist. It is queried, never sent again. */
export interface OrderUnknown extends AccountBase {
  readonly kind: 'order_unknown'
  readonly clientOrderId: ClientOrderId
  readonly message: string
}
export interface FundingPaid extends AccountBase {
  readonly kind: 'funding_paid'
  readonly rate: number
  readonly mark: Price
  readonly quantity: Quantity
  readonly direction: Direction
  /** Quote units; positive = received. */
  readonly amount: Money
}
/** The venue closed (part of) the position on its own. */
export interface PositionForced extends AccountBase {
  readonly kind: 'position_forced'
  readonly cause: ForcedCause
  readonly tradeId: string
  readonly side: OrderSide
  readonly price: Price
  readonly quantity: Quantity
  /** Trading and liquidation fee together; positive = paid. */
  readonly fee: Money
}
/** An execution as the venue's own records tell it. */
export interface ExecutionReport {
  readonly instrument: Instrument
  /** Ours, somebody else's, or the venue's own; empty where the venue names none. */
  readonly clientOrderId: string
  readonly venueTime: EpochMs
  readonly tradeId: string
  readonly side: OrderSide
  readonly price: Price
  readonly quantity: Quantity
  /** Quote units; positive = paid. */
  readonly fee: Money
  readonly liquidity: 'maker' | 'taker'
  /** Why the venue itself closed a position by it; `null`: somebody's order did it. */
  readonly forced: ForcedCause | null
}
/** An order that the venue has open. */
export interface OrderReport {
  readonly clientOrderId: string
  readonly instrument: Instrument
  readonly side: OrderSide
  /** `other`: a kind that the bot never places. */
  readonly type: OrderType | 'other'
  readonly quantity: Quantity
  readonly filled: Quantity
  readonly price: Price | null
  readonly triggerPrice: Price | null
  readonly reduceOnly: boolean
}
export interface PositionReport {
  readonly instrument: Instrument
  readonly direction: Direction
  readonly quantity: Quantity
  readonly entryPrice: Price
  readonly liquidationPrice: Price | null
  /** `null`: the venue does not say. */
  readonly leverage: number | null
  readonly marginMode: 'isolated' | 'cross' | null
}
/** Something of the account's in a contract that the bot does not trade, in the venue's own words. */
export interface Elsewhere {
  readonly kind: 'order' | 'position'
  readonly symbol: string
  /** `null`: the venue does not say. */
  readonly side: OrderSide | null
  /** In the venue's own units. */
  readonly quantity: string
  /** Of the entry, or the order's; `null`: none. */
  readonly price: string | null
}
/** What the venue says the account is, for start-up and reconciliation: complete, or it would be `snapshot_failed`. */
export interface AccountSnapshot {
  readonly kind: 'account_snapshot'
  readonly time: EpochMs
  /** When the venue was asked: what happened later may be missing. */
  readonly askedAt: EpochMs
  readonly wallet: Money
  readonly positions: readonly PositionReport[]
  /** Of every list the venue keeps: regular and conditional. */
  readonly openOrders: readonly OrderReport[]
  /** What else the account has; absent: nothing, or the venue has no such thing. */
  readonly elsewhere?: readonly Elsewhere[]
  /** Own executions from `historyFrom` on, oldest first. */
  readonly executions: readonly ExecutionReport[]
  /** Funding from `historyFrom` on, oldest first. */
  readonly fundings: readonly FundingPaid[]
  readonly historyFrom: EpochMs
}
/** The venue could not be asked completely. Nothing follows from it, least of all that the account is flat. */
export interface SnapshotFailed {
  readonly kind: 'snapshot_failed'
  readonly time: EpochMs
  readonly message: string
}
/** A complete and successful look into every list of the venue found no trace of the order: evidence, not yet proof. */
export interface OrderAbsent extends AccountBase {
  readonly kind: 'order_absent'
  readonly clientOrderId: ClientOrderId
  /** When the look began. */
  readonly askedAt: EpochMs
}
/** The order rests as its news have told: the answer to a look that found nothing new. */
export interface OrderSeen extends AccountBase {
  readonly kind: 'order_seen'
  readonly clientOrderId: ClientOrderId
  /** When the look began. */
  readonly askedAt: EpochMs
}
/** A contract is not what it was: its terms have changed, or whether it is traded. */
export interface ContractChanged {
  readonly kind: 'contract_changed'
  readonly time: EpochMs
  readonly instrument: Instrument
  /** `null`: they are not told any more. */
  readonly terms: ContractTerms | null
  /** The venue's word for a contract that nobody can trade at the moment; `null`: it is traded. */
  readonly closed: string | null
}
/** The way to the venue: news may be missing while it is down and until a snapshot after it is up. */
export interface ConnectionChanged {
  readonly kind: 'connection'
  readonly time: EpochMs
  readonly channel: 'account' | 'market'
  readonly state: 'up' | 'down'
  readonly message: string
}
/** Something about the account that the bot relies on is not as it must be: entries stop until a person has looked. */
export interface VenueAlarm {
  readonly kind: 'venue_alarm'
  readonly time: EpochMs
  readonly code: string
  readonly message: string
}

export type OrderEvent =
  | OrderAccepted
  | OrderRejected
  | OrderTriggered
  | OrderFilled
  | OrderCanceled
  | OrderExpired
  | OrderUnknown
export type AccountEvent =
  | OrderEvent
  | OrderAbsent
  | OrderSeen
  | FundingPaid
  | PositionForced
  | AccountSnapshot
  | SnapshotFailed
  | ConnectionChanged
  | ContractChanged
  | VenueAlarm
