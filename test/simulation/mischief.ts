import type { AccountEvent } from '../../src/domain/event.ts'
import type { OrderRequest } from '../../src/domain/order.ts'

/** What a look at the account asks for by requests of their own. */
export type LookPart = 'wallet' | 'orders' | 'executions' | 'fundings' | 'positions'

/** What becomes of one order request. */
export type OrderFault =
  | { readonly kind: 'none' }
  /** It is executed; the answer and its first news are lost, and the bot is told that its fate is unknown, or nothing. */
  | { readonly kind: 'lose_answer'; readonly told: boolean }
  /** It never arrives. */
  | { readonly kind: 'lose_request'; readonly told: boolean }
  /** It arrives that much later; the bot is told that its fate is unknown. */
  | { readonly kind: 'late'; readonly ms: number }
  | { readonly kind: 'reject'; readonly code?: string }

/** What goes wrong, asked for each thing that could. */
export interface Mischief {
  order(request: OrderRequest): OrderFault
  cancelLost(): boolean
  /** Delays of the copies of a piece of news; none: it is lost. */
  news(event: AccountEvent): readonly number[]
  queryFails(): boolean
  snapshotFails(): boolean
  /** How long an order that was just accepted is shown to nobody. */
  hiddenMs(request: OrderRequest): number
  /** Share of an order that a match fills. */
  share(request: OrderRequest): number
  /** How long a market order, or a triggered stop, waits before it fills more; 0: the venue does not work it off. */
  pauseMs(request: OrderRequest): number
  /** How much later than at once a part of a look is read; positions are read when all the rest has been. */
  tornMs(part: LookPart): number
  /** How long after it happened something stands in the venue's records. */
  listedMs(what: 'execution' | 'funding'): number
  /** Whether the stream tells the bot of a person's fill. */
  tellsOthers(): boolean
}

export const KIND: Mischief = {
  order: () => ({ kind: 'none' }),
  cancelLost: () => false,
  news: () => [0],
  queryFails: () => false,
  snapshotFails: () => false,
  hiddenMs: () => 0,
  share: () => 1,
  pauseMs: () => 0,
  tornMs: () => 0,
  listedMs: () => 0,
  tellsOthers: () => false,
}
