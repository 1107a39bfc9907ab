import type { AccountSnapshot, EngineEvent } from '../../src/domain/event.ts'
import type { OrderRequest } from '../../src/domain/order.ts'

export type Fate =
  /** Nothing has been heard yet. */
  | 'sent'
  /** It may exist. */
  | 'unknown'
  | 'exists'
  /** The venue has said so. */
  | 'rejected'
  /** Its request can no longer come into being, and three complete looks since then found nothing. */
  | 'dead'

/** An order from its sending to its fate. */
export interface Suspect {
  readonly order: OrderRequest
  readonly sentAt: number
  fate: Fate
  wasUnknown: boolean
  /** Heard of after it had been declared dead. */
  returned: boolean
  looks: number
  /** Market time of the next question. */
  askAt: number
  asked: number
  readonly trades: Map<string, number>
}

/** Longest that a venue was ever seen to hide an order it had; market ms. */
const VENUE_LAG_MS = 10_000
const LOOKS_NEEDED = 3

export const suspectOf = (order: OrderRequest, sentAt: number): Suspect => ({
  order,
  sentAt,
  fate: 'sent',
  wasUnknown: false,
  returned: false,
  looks: 0,
  askAt: sentAt,
  asked: 0,
  trades: new Map(),
})

const FIRST_WAIT_MS = 500
/** A complete look costs a venue's budget dearly: the longer a question is open, the less often it is asked. */
const LONGEST_WAIT_MS = 10_000

export const isDue = (suspect: Suspect, now: number): boolean => isOpenQuestion(suspect) && now >= suspect.askAt

/** To be called when it is asked about. */
export function noteAsked(suspect: Suspect, now: number): void {
  suspect.askAt = now + Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** suspect.asked)
  suspect.asked += 1
}

export const isOpenQuestion = ({ fate }: Suspect): boolean => fate === 'sent' || fate === 'unknown'

/** What news mean for the order they speak of; the rule for unknown orders is that of the reference, and sends nothing. */
export function learn(suspect: Suspect, event: EngineEvent, requestLifeMs: number): void {
  switch (event.kind) {
    case 'order_unknown':
      suspect.wasUnknown = true
      if (suspect.fate === 'sent') suspect.fate = 'unknown'
      return
    case 'order_rejected':
      if (isOpenQuestion(suspect)) suspect.fate = 'rejected'
      return
    case 'order_absent':
      if (!isOpenQuestion(suspect) || event.askedAt < suspect.sentAt + requestLifeMs + VENUE_LAG_MS) return
      suspect.looks += 1
      if (suspect.looks >= LOOKS_NEEDED) suspect.fate = 'dead'
      return
    case 'order_filled':
      suspect.trades.set(event.tradeId, event.quantity.toNumber())
      exists(suspect)
      return
    case 'order_accepted':
    case 'order_triggered':
    case 'order_canceled':
    case 'order_expired':
      exists(suspect)
      return
    default:
  }
}

/** An order that is open, or an execution, in what the venue says the account is. */
export function learnFromSnapshot(suspect: Suspect, { openOrders, executions }: AccountSnapshot): void {
  const id = suspect.order.clientOrderId
  if (openOrders.some(({ clientOrderId }) => clientOrderId === id)) exists(suspect)
  for (const { clientOrderId, tradeId, quantity } of executions) {
    if (clientOrderId !== id) continue
    suspect.trades.set(tradeId, quantity.toNumber())
    exists(suspect)
  }
}

function exists(suspect: Suspect): void {
  if (suspect.fate === 'dead') suspect.returned = true
  suspect.fate = 'exists'
}
