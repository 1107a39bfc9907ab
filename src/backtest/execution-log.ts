import type { Candidate } from '../domain/candidate.ts'
import { ZERO, type Decimal } from '../domain/decimal.ts'
import type { DecisionNote, Effect } from '../domain/effect.ts'
import type { EngineEvent, FundingPaid, OrderFilled, PositionForced } from '../domain/event.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { EpochMs } from '../domain/unit.ts'

/** An execution together with the order that led to it. */
export interface LoggedFill {
  readonly fill: OrderFilled
  readonly order: OrderRequest
  /** Adverse distance from the reference price × quantity, quote units; negative where the fill was better. */
  readonly slippage: Decimal
}

export interface LoggedDecision {
  readonly time: EpochMs
  readonly note: DecisionNote
}

/** What happened at the venue and what was decided, in order. */
export interface ExecutionLog {
  readonly fills: readonly (LoggedFill | PositionForced)[]
  readonly funding: readonly FundingPaid[]
  /** Empty unless they were asked for. */
  readonly decisions: readonly LoggedDecision[]
  /** Signals that were sent to the venue, by symbol. */
  readonly entered: ReadonlyMap<string, readonly Candidate[]>
  /** Slippage by trade, quote units. */
  readonly slippage: ReadonlyMap<string, Decimal>
}

export interface ExecutionLogger extends ExecutionLog {
  observe(event: EngineEvent, effects: readonly Effect[]): void
}

/**
 * Listens to a run. The reference price of a fill is what the bot went by: the trigger of a trigger order, the limit of a
 * maker's, and of everything else the last price when the order was sent.
 * @param keepDecisions each takes some two kilobytes, and years have tens of thousands
 */
export function createExecutionLog(keepDecisions: boolean): ExecutionLogger {
  const fills: (LoggedFill | PositionForced)[] = []
  const funding: FundingPaid[] = []
  const decisions: LoggedDecision[] = []
  const entered = new Map<string, Candidate[]>()
  const slippage = new Map<string, Decimal>()
  const sent = new Map<string, { readonly order: OrderRequest; readonly last: number }>()
  const last: number[] = []

  function logFill(fill: OrderFilled): void {
    const known = sent.get(fill.clientOrderId)
    if (!known) return
    const { order } = known
    const away = fill.price.minus(order.triggerPrice ?? (fill.liquidity === 'maker' ? fill.price : known.last))
    const lost = (fill.side === 'buy' ? away : away.neg()).times(fill.quantity)
    fills.push({ fill, order, slippage: lost })
    slippage.set(order.tradeId, (slippage.get(order.tradeId) ?? ZERO).plus(lost))
    if (fill.done) sent.delete(fill.clientOrderId)
  }

  function logDecision(time: EpochMs, note: DecisionNote): void {
    if (keepDecisions) decisions.push({ time, note })
    if (note.outcome !== 'entered') return
    const list = entered.get(note.symbol)
    if (list) list.push(note.candidate)
    else entered.set(note.symbol, [note.candidate])
  }

  return {
    fills,
    funding,
    decisions,
    entered,
    slippage,
    observe(event, effects) {
      switch (event.kind) {
        case 'price':
          last[event.instrument.index] = event.last
          break
        // Prices that change nothing are left out of a run; the bar that follows tells its close.
        case 'bar':
          last[event.instrument.index] = event.close
          break
        case 'order_filled':
          logFill(event)
          break
        case 'order_canceled':
        case 'order_rejected':
        case 'order_expired':
          sent.delete(event.clientOrderId)
          break
        case 'position_forced':
          fills.push(event)
          break
        case 'funding_paid':
          funding.push(event)
          break
        default:
          break
      }
      for (const effect of effects) {
        if (effect.kind === 'submit') {
          sent.set(effect.order.clientOrderId, {
            order: effect.order,
            last: last[effect.order.instrument.index] ?? Number.NaN,
          })
        } else if (effect.kind === 'note' && effect.note.kind === 'decision') logDecision(effect.time, effect.note)
      }
    },
  }
}
