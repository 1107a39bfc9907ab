import { numberOf } from '../domain/decimal.ts'
import { approve, type Approved } from '../domain/approved.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { OrderRequest } from '../domain/order.ts'
import type { PositionBook } from '../domain/portfolio.ts'
import type { Refusal } from '../domain/refusal.ts'
import type { EntryRequest, RiskContext } from './context.ts'
import { compileSteps } from './order-precision.ts'
import { protectiveRefusals } from './protective.ts'
import type { Entry, Rule } from './rule.ts'
import { entryRules, type GateConfig } from './rule-set.ts'
import { worstPrice } from './worst-price.ts'

export type GateResult =
  | { readonly kind: 'approved'; readonly order: Approved<OrderRequest> }
  /** Every reason, not only the first. Never empty. */
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }

/** What every order passes immediately before it is sent. Nothing else makes approved orders. */
export interface Gate {
  /** An order that opens a position: all limits, latches and throttles. */
  approveEntry(request: EntryRequest, context: RiskContext): GateResult
  /**
   * A stop, target or exit of the bot's own position. Only its sanity is checked: no limit, latch or throttle ever holds
   * back what reduces risk.
   */
  approveProtective(order: OrderRequest, position: PositionBook): GateResult
}

/** @param instruments those that may be traded; orders for any other are refused */
export function createGate(config: GateConfig, instruments: readonly Instrument[]): Gate {
  const steps = compileSteps(instruments)
  const rules: readonly Rule[] = entryRules(config, steps)
  const scratch: { -readonly [K in keyof Entry]: Entry[K] } = {
    request: undefined as never,
    index: 0,
    quantity: 0,
    limit: 0,
    mark: 0,
    value: 0,
  }

  function load(request: EntryRequest, context: RiskContext): void {
    const { order } = request
    scratch.request = request
    scratch.index = order.instrument.index
    scratch.quantity = numberOf(order.quantity)
    scratch.limit = order.price === undefined ? Number.NaN : numberOf(order.price)
    scratch.mark = context.mark[order.instrument.index] ?? Number.NaN
    scratch.value = scratch.quantity * worstPrice(scratch.limit, scratch.mark)
  }

  /**
   * Asks for all reasons, from the first rule that has one. Rules that need figures stay silent when the figures
   * themselves were refused.
   */
  function refuse(context: RiskContext, first: number): GateResult {
    const refusals: Refusal[] = []
    let usable = true
    for (let i = first; i < rules.length; i++) {
      const rule = rules[i]!
      if (rule.needs === 'figures' && !usable) continue
      const refused = rule.check(scratch, context)
      if (refused === undefined) continue
      refusals.push(refused)
      if (refused.code === 'BAD_MARKET_DATA' || refused.code === 'BAD_ORDER') usable = false
    }
    return { kind: 'refused', refusals }
  }

  return {
    approveEntry(request, context) {
      load(request, context)
      for (let i = 0; i < rules.length; i++) {
        if (rules[i]!.check(scratch, context) !== undefined) return refuse(context, i)
      }
      return { kind: 'approved', order: approve(request.order) }
    },
    approveProtective(order, position) {
      const refusals = protectiveRefusals(order, position, steps)
      return refusals === undefined ? { kind: 'approved', order: approve(order) } : { kind: 'refused', refusals }
    },
  }
}
