import { recordOf } from '../../src/adapter/journal/sqlite/record.ts'
import { stateAfter, stateAfterFill } from '../../src/adapter/journal/sqlite/order-state.ts'
import { Dec, ZERO, type Decimal } from '../../src/domain/decimal.ts'
import type { Effect } from '../../src/domain/effect.ts'
import type { EngineEvent } from '../../src/domain/event.ts'
import { REMEMBERED } from '../../src/engine/run.ts'

/** The journal's table of orders, without a database. */
export interface OrderRecords {
  /** State by client order id. */
  readonly states: ReadonlyMap<string, string>
  commit(event: EngineEvent, effects: readonly Effect[]): void
}

export function createOrderRecords(): OrderRecords {
  const states = new Map<string, string>()
  const left = new Map<string, Decimal>()
  const fills = new Set<string>()
  return {
    states,
    commit(event, effects) {
      if (effects.length === 0 && !REMEMBERED.has(event.kind)) return
      for (const change of recordOf(event, effects)?.changes ?? []) {
        if (change.kind === 'intent') {
          states.set(change.id, 'submitted')
          left.set(change.id, new Dec(change.quantity))
        } else if (change.kind === 'state') {
          const before = states.get(change.id)
          if (before !== undefined) states.set(change.id, stateAfter(before, change.state))
        } else if (change.kind === 'fill') {
          const { clientOrderId: id, symbol, tradeId, quantity } = change.fill
          const before = states.get(id)
          if (before === undefined || fills.has(`${symbol} ${tradeId}`)) continue
          fills.add(`${symbol} ${tradeId}`)
          const rest = (left.get(id) ?? ZERO).minus(quantity)
          left.set(id, rest)
          states.set(id, stateAfterFill(before, change.done || !rest.gt(0)))
        }
      }
    },
  }
}
