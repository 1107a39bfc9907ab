import { signalKey, type Candidate } from '../domain/candidate.ts'
import type { Refusal } from '../domain/refusal.ts'
import { refusal } from '../domain/refusal.ts'
import { numberOf, textOf } from '../domain/decimal.ts'
import { quotient, times, whole } from '../domain/exact.ts'
import type { Instrument } from '../domain/instrument.ts'
import { SECOND_MS } from '../domain/time.ts'
import type { Price } from '../domain/unit.ts'
import { entryOrder } from '../execution/entry-order.ts'
import { openTrade } from '../execution/open-trade.ts'
import { worstGross } from '../risk/exposure.ts'
import { worstPrice } from '../risk/worst-price.ts'
import { exposureRefusals } from '../strategy/exposure-gate.ts'
import { entryTimeoutId, schedule, watchOrder, type EngineCore } from './core.ts'
import { expectedSlippage, noteEntry } from './entry-memory.ts'
import { clusterSize } from './manage.ts'
import { refuse } from './refuse.ts'
import type { SymbolState } from './symbol-state.ts'
import type { LiveView } from './view.ts'

const BASIS_POINT = 1e-4

/** Loss at their stops of the open trades of the same direction: linear perpetuals of this market move together. */
function correlatedRisk(core: EngineCore, candidate: Candidate): number {
  let total = 0
  for (const { trade } of core.states) {
    if (!trade || trade.direction !== candidate.direction) continue
    const entry = trade.entryQuantity.isZero()
      ? trade.candidate.entry
      : numberOf(quotient(trade.entryCost, trade.entryQuantity))
    const held = trade.entryDone ? numberOf(trade.position) : numberOf(trade.planned)
    total +=
      held *
      Math.max(0, trade.direction === 'LONG' ? entry - numberOf(trade.stopPrice) : numberOf(trade.stopPrice) - entry)
  }
  return total
}

const exactPrice = (instrument: Instrument, value: number): Price =>
  times(whole(Math.round(value / instrument.tick)), instrument.tickSize) as Price

/** What is left of an earlier trade of the symbol, or may arrive yet, would act on the position of the next one. */
function unresolved(core: EngineCore, instrument: Instrument): Refusal | undefined {
  if (!core.account.books.position(instrument).signed.isZero())
    return refusal('RECONCILING', 'the position of an earlier trade is not closed')
  for (const { request, state } of core.orders.open.values()) {
    if (request.instrument !== instrument) continue
    const rests = request.leg === 'stop' || request.leg === 'target'
    if (rests && state !== 'unknown' && state !== 'submitted') continue
    return refusal('RECONCILING', `order ${request.clientOrderId} of an earlier trade may still arrive`)
  }
  return undefined
}

/** Sizes a chosen candidate, takes it through the gate, and sends its entry; or records who said no. */
export function enter(
  core: EngineCore,
  state: SymbolState,
  view: LiveView,
  candidate: Candidate,
  support: readonly string[],
): void {
  const { account, config } = core
  const { instrument } = state
  const { index } = instrument
  const open = core.lasting ? unresolved(core, instrument) : undefined
  if (open) return refuse(core, state, candidate, [open])
  const risk = account.refresh(core.now)
  const correlated = correlatedRisk(core, candidate)
  const size = core.size({
    time: core.now,
    instrument,
    direction: candidate.direction,
    entry: candidate.entry,
    stop: candidate.stop,
    mark: state.mark,
    atr: view.atr,
    strength: candidate.anchor?.strength ?? null,
    openInterest: state.openInterest,
    halfSpreadRatio: view.halfSpreadRatio,
    depthQuantity: null,
    fundingRate: state.fundingRate,
    equity: risk.equity,
    freeMargin: risk.freeMargin,
    positionNotional: risk.positionNotional[index]!,
    workingBuyNotional: risk.workingBuyNotional[index]!,
    workingSellNotional: risk.workingSellNotional[index]!,
    grossNotional: worstGross(risk.positionNotional, risk.workingBuyNotional, risk.workingSellNotional),
    correlatedRisk: correlated,
  })
  if (size.kind === 'refused') return refuse(core, state, candidate, size.refusals)

  const units = numberOf(size.quantity)
  const limits: Refusal[] = []
  const slippage = expectedSlippage(state, units)
  if (slippage > config.entry.maxSlippageBp * BASIS_POINT) {
    const bp = slippage / BASIS_POINT
    limits.push(
      refusal('SLIPPAGE', `expected slippage ${bp.toFixed(1)} bp, at most ${config.entry.maxSlippageBp} bp`, {
        bp,
        max: config.entry.maxSlippageBp,
      }),
    )
  }
  const notional = units * candidate.entry
  const exposure = { equity: risk.equity, riskAmount: size.lossAtStop, correlatedRiskAmount: correlated, notional }
  limits.push(...exposureRefusals(candidate.entry, candidate.stop, exposure, config.entry))
  if (limits.length > 0) return refuse(core, state, candidate, limits)

  const targetZone = candidate.targetClusterId === null ? undefined : state.tracker.find(candidate.targetClusterId)
  const strategy = core.strategies.find((s) => s.name === candidate.strategy)
  if (!strategy) throw new Error(`candidate of unknown strategy ${candidate.strategy}`)
  const trade = openTrade({
    candidate,
    instrument,
    strategyNumber: strategy.number,
    epoch: core.epoch,
    intent: core.intents,
    quantity: size.quantity,
    leverage: size.leverage,
    stop: exactPrice(instrument, candidate.stop),
    target: exactPrice(instrument, candidate.target),
    targetSize: targetZone ? clusterSize(targetZone) : Number.NaN,
    time: core.now,
  })
  const order = entryOrder(trade, state.mark, {
    orderType: config.entry.orderType,
    collarRatio: (config.risk.priceCollarPct ?? 0) / 100,
  })
  const key = signalKey(candidate)
  // A signal without a zone comes again with time; one at a zone is the same signal as long as the zone lives.
  const signalId = `${instrument.symbol}:${key}${candidate.anchor ? '' : `:${core.now}`}`
  const verdict = core.gate.approveEntry(
    {
      order,
      direction: candidate.direction,
      signalId,
      leverage: size.leverage,
      entry: candidate.entry,
      stop: candidate.stop,
      fundingRate: size.fundingRate,
    },
    risk,
  )
  if (verdict.kind === 'refused') return refuse(core, state, candidate, verdict.refusals)

  core.intents++
  account.openTrades++
  account.exposure.reserve(
    order,
    worstPrice(order.price === undefined ? state.mark : numberOf(order.price), state.mark),
    size.leverage,
  )
  risk.entries.record(index, core.now)
  risk.signals.add(signalId)
  noteEntry(state, key, core.now)
  state.trade = trade
  core.orders.submitted(order, core.now)
  core.counters.orders++
  const note = core.decisions.entered(instrument, candidate, textOf(size.quantity), support)
  core.effects.push({ kind: 'note', time: core.now, note })
  core.effects.push({ kind: 'submit', order: verdict.order })
  watchOrder(core, order.clientOrderId)
  if (config.entry.orderType === 'limit') {
    schedule(core, entryTimeoutId(instrument), core.now + config.entry.limitTimeoutSecs * SECOND_MS)
  }
}
