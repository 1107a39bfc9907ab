import type { Instrument } from './instrument.ts'
import type { OrderSide } from './side.ts'
import type { Price, Quantity } from './unit.ts'

export type OrderType = 'market' | 'limit' | 'stop_market' | 'take_profit_market'
/** `GTX` is post-only: rejected when it would take liquidity. */
export type TimeInForce = 'GTC' | 'IOC' | 'GTX'
export type TriggerSource = 'mark' | 'last'
/** The part an order plays in a bracket; `exit` is a market exit outside stop and target. */
export type Leg = 'entry' | 'stop' | 'target' | 'exit'
export type ProtectiveLeg = Extract<Leg, 'stop' | 'target'>

/** Deterministic, ours, at most 24 lowercase alphanumerics; see `id.ts`. */
export type ClientOrderId = string & { readonly clientOrderId: true }

/** What we ask a venue to do. Complete: nothing about it is decided later. */
export interface OrderRequest {
  readonly clientOrderId: ClientOrderId
  readonly instrument: Instrument
  readonly side: OrderSide
  readonly type: OrderType
  readonly quantity: Quantity
  /** Limit price; absent for market and trigger orders. */
  readonly price?: Price
  readonly triggerPrice?: Price
  readonly triggerBy?: TriggerSource
  readonly timeInForce: TimeInForce
  readonly reduceOnly: boolean
  readonly leg: Leg
  /** Of an entry: leverage the position's margin is to be reckoned with; the venue has it set before the order. */
  readonly leverage?: number
  /** The trade (bracket) this order belongs to. */
  readonly tradeId: string
}

export type OrderState =
  | 'initialized'
  | 'denied'
  | 'submitted'
  | 'accepted'
  | 'triggered'
  | 'partially_filled'
  | 'filled'
  | 'pending_cancel'
  | 'canceled'
  | 'rejected'
  | 'expired'
  | 'unknown'

/** Code of the rejection of an order whose absence at the venue was proven: its request never arrived. */
export const NEVER_ACCEPTED = 'NEVER_ACCEPTED'

/** Codes of rejections for which nobody has looked at the order: it was certainly not placed, and may be a little later. */
export const NOT_PLACED = ['NOT_SENT', 'RATE_LIMITED', 'OVERLOADED', 'CLOCK_SKEW', 'FIREWALL'] as const

/** Codes with which a venue refuses an order that could only reduce: it knows of no position, perhaps because there is none. */
export const NOTHING_TO_REDUCE: ReadonlySet<string> = new Set(['REDUCE_ONLY', 'NO_POSITION'])

export const TERMINAL_STATES: ReadonlySet<OrderState> = new Set(['denied', 'filled', 'canceled', 'rejected', 'expired'])

/** The same by comparing, several times a trade: a look into a set costs ten times as much. */
export const isTerminal = (state: OrderState): boolean =>
  state === 'filled' || state === 'canceled' || state === 'expired' || state === 'rejected' || state === 'denied'
