import type { DecisionNote, Effect } from '../../../domain/effect.ts'
import type { AccountSnapshot, EngineEvent, ExecutionReport, FundingPaid, OrderEvent } from '../../../domain/event.ts'
import { parseClientOrderId } from '../../../domain/id.ts'
import type { OrderState } from '../../../domain/order.ts'
import { SECOND_MS } from '../../../domain/time.ts'
import { canonicalJson } from './canonical.ts'
import { digestOf } from './chain.ts'

/** What one event and its effects change in the tables. Text and numbers only: feeds reuse their events. */
export type Change =
  | {
      readonly kind: 'intent'
      readonly id: string
      readonly tradeId: string
      readonly leg: string
      readonly symbol: string
      readonly quantity: string
      readonly request: string
    }
  | { readonly kind: 'state'; readonly id: string; readonly state: OrderState }
  | { readonly kind: 'fill'; readonly fill: FillRow; readonly done: boolean; readonly recovered: boolean }
  | { readonly kind: 'funding'; readonly symbol: string; readonly venueTime: number; readonly amount: string }
  | { readonly kind: 'decision'; readonly symbol: string; readonly note: DecisionRow }
  | {
      readonly kind: 'trade'
      readonly id: string
      readonly symbol: string
      readonly exitTime: number
      readonly pnl: string
      readonly body: string
    }
  | { readonly kind: 'save'; readonly key: string; readonly value: string | null; readonly digest: string }

export interface FillRow {
  readonly symbol: string
  readonly tradeId: string
  readonly clientOrderId: string
  readonly side: string
  readonly price: string
  readonly quantity: string
  readonly fee: string
  readonly liquidity: string
  /** Why the venue closed it on its own; `null`: an order did. */
  readonly cause: string | null
  readonly venueTime: number
}

export interface DecisionRow {
  readonly time: number
  readonly strategy: string
  readonly outcome: DecisionNote['outcome']
  readonly body: string
}

export interface JournalRecord {
  readonly time: number
  readonly kind: string
  /** Canonical JSON of the event and of the effects that matter; `null`: only its changes are told. */
  readonly body: string | null
  readonly changes: readonly Change[]
}

/** What has to survive of an event and its effects; `undefined`: nothing. */
export function recordOf(event: EngineEvent, effects: readonly Effect[]): JournalRecord | undefined {
  const { kind, time } = event
  const changes: Change[] = []
  const remembered = eventChanges(event, effects, changes)
  let kept = ''
  let tells = remembered
  for (const effect of effects) {
    const telling = effectChanges(effect, changes)
    if (telling === undefined) continue
    kept += kept === '' ? telling : `,${telling}`
    // What is saved alone, every few seconds, is memory and no history.
    tells ||= effect.kind !== 'save'
  }
  const body = tells ? `{"effects":[${kept}],"event":${canonicalJson(told(event))}}` : null
  return body === null && changes.length === 0 ? undefined : { time, kind, body, changes }
}

/**
 * The record of one that the disk refused at first: what it led to was not sent, unless it reduces risk. Without its
 * saves: the latest of each key is all that matters.
 */
export const markLate = ({ time, kind, body, changes }: JournalRecord, why: string): JournalRecord => ({
  time,
  kind,
  body: body && `${body.slice(0, -1)},"late":${JSON.stringify(why)}}`,
  changes: changes.filter((change) => change.kind !== 'save'),
})

/** Adds what the event itself changes; whether it is kept even if nothing came of it. */
function eventChanges(event: EngineEvent, effects: readonly Effect[], changes: Change[]): boolean {
  switch (event.kind) {
    case 'price':
    case 'bar':
    case 'open_interest':
    case 'heatmap':
    case 'heatmap_failed':
    case 'timer':
    case 'order_seen':
      return false
    case 'command':
    case 'order_absent':
    case 'venue_alarm':
    case 'contract_changed':
    case 'connection':
    case 'snapshot_failed':
      return true
    case 'order_accepted':
    case 'order_rejected':
    case 'order_triggered':
    case 'order_canceled':
    case 'order_expired':
    case 'order_unknown':
      changes.push({ kind: 'state', id: event.clientOrderId, state: STATE_AFTER[event.kind] })
      return true
    case 'order_filled':
      changes.push({ kind: 'fill', fill: fillOf(event, null), done: event.done, recovered: false })
      return true
    case 'position_forced': {
      const whole = { ...event, clientOrderId: '', liquidity: 'taker' } as const
      changes.push({ kind: 'fill', fill: fillOf(whole, event.cause), done: false, recovered: false })
      return true
    }
    case 'funding_paid':
      changes.push(fundingChange(event))
      return true
    case 'account_snapshot':
      snapshotChanges(event, effects, changes)
      // One comes every few seconds: only those that had consequences are told.
      return false
  }
}

const STATE_AFTER: Readonly<Record<Exclude<OrderEvent['kind'], 'order_filled'>, OrderState>> = {
  order_accepted: 'accepted',
  order_rejected: 'rejected',
  order_triggered: 'triggered',
  order_canceled: 'canceled',
  order_expired: 'expired',
  order_unknown: 'unknown',
}

/** The venue's own history brings what the stream may have lost; what is known already changes nothing. */
function snapshotChanges(snapshot: AccountSnapshot, effects: readonly Effect[], changes: Change[]): void {
  const booked = bookedClosings(effects)
  for (const execution of snapshot.executions) {
    const cause = booked.get(closingKey(execution.instrument.symbol, execution.tradeId))
    if (parseClientOrderId(execution.clientOrderId))
      changes.push({ kind: 'fill', fill: fillOf(execution, null), done: false, recovered: true })
    else if (cause !== undefined) {
      const fill = fillOf({ ...execution, clientOrderId: '' }, cause)
      changes.push({ kind: 'fill', fill, done: false, recovered: true })
    }
  }
  for (const funding of snapshot.fundings) changes.push(fundingChange(funding))
}

/** Venues count executions by symbol. */
const closingKey = (symbol: string, tradeId: string): string => `${symbol} ${tradeId}`

/** Of closings by the venue itself those that the engine has booked, with their cause: others are not of the bot's positions. */
function bookedClosings(effects: readonly Effect[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const effect of effects) {
    if (effect.kind !== 'note' || effect.note.kind !== 'correction') continue
    const { execution, cause } = effect.note.figures
    if (effect.note.correction === 'missed_execution' && execution !== undefined && cause !== undefined)
      found.set(closingKey(effect.note.symbol ?? '', execution), cause)
  }
  return found
}

/** The stream and the history of a venue tell one settlement with different milliseconds. */
const fundingChange = (event: FundingPaid): Change => ({
  kind: 'funding',
  symbol: event.instrument.symbol,
  venueTime: Math.floor(event.venueTime / SECOND_MS) * SECOND_MS,
  amount: event.amount.toFixed(),
})

function fillOf(execution: Omit<ExecutionReport, 'forced'>, cause: string | null): FillRow {
  return {
    symbol: execution.instrument.symbol,
    tradeId: execution.tradeId,
    clientOrderId: execution.clientOrderId,
    side: execution.side,
    price: execution.price.toFixed(),
    quantity: execution.quantity.toFixed(),
    fee: execution.fee.toFixed(),
    liquidity: execution.liquidity,
    cause,
    venueTime: execution.venueTime,
  }
}

/** The event as the audit tells it: of the market's only when and where, of an account's history only how much. */
function told(event: EngineEvent): unknown {
  switch (event.kind) {
    case 'price':
    case 'bar':
    case 'open_interest':
    case 'heatmap':
    case 'heatmap_failed':
      return { kind: event.kind, time: event.time, symbol: event.instrument.symbol }
    case 'account_snapshot':
      return { ...event, executions: event.executions.length, fundings: event.fundings.length }
    default:
      return event
  }
}

/** Adds what the effect changes and returns the JSON that the audit tells of it; `undefined`: nothing of it is kept. */
function effectChanges(effect: Effect, changes: Change[]): string | undefined {
  switch (effect.kind) {
    case 'submit': {
      const { order } = effect
      const request = canonicalJson(order)
      changes.push({
        kind: 'intent',
        id: order.clientOrderId,
        tradeId: order.tradeId,
        leg: order.leg,
        symbol: order.instrument.symbol,
        quantity: order.quantity.toFixed(),
        request,
      })
      return `{"kind":"submit","order":${request}}`
    }
    case 'cancel':
      changes.push({ kind: 'state', id: effect.clientOrderId, state: 'pending_cancel' })
      return canonicalJson(effect)
    case 'query':
      return canonicalJson(effect)
    case 'alert':
      return effect.level === 'critical' ? canonicalJson(effect) : undefined
    case 'save': {
      const { key, value } = effect
      const digest = value === null ? '' : digestOf(value)
      changes.push({ kind: 'save', key, value, digest })
      // The value itself stands in its table; here, what it must be.
      return canonicalJson({ kind: 'save', key, digest })
    }
    case 'note':
      return noteChanges(effect, changes)
    case 'check':
    case 'snapshot':
    case 'schedule':
      return undefined
  }
}

function noteChanges({ time, note }: Extract<Effect, { kind: 'note' }>, changes: Change[]): string | undefined {
  switch (note.kind) {
    case 'decision': {
      const { symbol, candidate, outcome } = note
      const body = canonicalJson(note)
      changes.push({ kind: 'decision', symbol, note: { time, strategy: candidate.strategy, outcome, body } })
      return body
    }
    case 'trade': {
      const { id, symbol, exitTime, pnl } = note.trade
      const body = canonicalJson(note.trade)
      changes.push({ kind: 'trade', id, symbol, exitTime, pnl: pnl.toFixed(), body })
      return `{"kind":"trade","trade":${body}}`
    }
    case 'conclusion':
      changes.push({ kind: 'state', id: note.clientOrderId, state: note.state })
      return canonicalJson(note)
    case 'correction':
      return canonicalJson(note)
    case 'transition':
      return undefined
  }
}
