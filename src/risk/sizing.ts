import type { Config } from '../config/schema.ts'
import { numberOf } from '../domain/decimal.ts'
import { compare, times, whole } from '../domain/exact.ts'
import { maxLeverageAt } from '../domain/liquidation.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { sign } from '../domain/side.ts'
import type { Quantity } from '../domain/unit.ts'
import { entryCostRatio, stopSlippage } from '../strategy/cost.ts'
import { fundingOrAssumed, leverageFor, liquidationDistance, type LiquidationTerms } from './own-liquidation.ts'
import { capped, CAPS, createCaps, exceedsCap, fillCaps } from './size-caps.ts'
import { unusableFigure, type SizeInput } from './size-input.ts'
import { sizeMultipliers } from './size-multiplier.ts'
import type { SizeNote, SizeResult } from './size-result.ts'
import { worstPrice } from './worst-price.ts'

export type Sizer = (input: SizeInput) => SizeResult

/** The share of a lot by which binary fractions may miss a whole one. */
const NOISE = 1e-12
const BASIS_POINT = 1e-4

const refuse = (...refusals: readonly Refusal[]): SizeResult => ({ kind: 'refused', refusals })

/**
 * Sizes a trade by what it may lose, costs included:
 * `risk / (|E − S| + E·(fee + slip_entry) + S·fee + slip_stop)`, then makes it fit every cap (depth, leverage, free
 * margin, exposure), lowers the leverage until our own liquidation is far enough, and rounds down to the lot. Never
 * rounded up: what is below the venue's minimum is not traded. A limit that is `null` caps nothing here; the gate refuses
 * the order for it.
 */
export function createSizer(config: Config): Sizer {
  const { sizing, risk, entry: entryTerms, exchange } = config
  const collarRatio = (risk.priceCollarPct ?? 0) / 100
  const resting = entryTerms.orderType === 'limit'
  const stopFee = config.simulation.feeTakerBp * BASIS_POINT
  const cross = exchange.marginMode === 'cross'
  const wantedLeverage = Math.floor(Math.min(exchange.leverage, risk.maxLeverage ?? Number.POSITIVE_INFINITY))
  const caps = createCaps()

  return (input) => {
    const bad = unusableFigure(input)
    if (bad !== undefined) return refuse(refusal('BAD_MARKET_DATA', `${bad} is not a usable number`, { figure: bad }))
    const { entry, stop, mark, equity, direction, instrument } = input
    if (!(sign(direction) * (entry - stop) > 0)) {
      return refuse(
        refusal('BAD_GEOMETRY', `stop ${stop} is not on the losing side of entry ${entry}`, { entry, stop }),
      )
    }
    if (!(equity > 0)) return refuse(refusal('NO_CAPITAL', `equity is ${equity.toFixed(2)}`, { equity }))

    const notes: SizeNote[] = []
    const multipliers = sizeMultipliers(input, sizing, notes)
    const wantedPct = sizing.riskPerTradePct * multipliers.combined
    if (wantedPct > sizing.maxRiskPerTradePct) notes.push('RISK_CAPPED')
    const riskAmount = ((equity * Math.min(wantedPct, sizing.maxRiskPerTradePct)) / 100) * multipliers.weekend
    const lossPerUnit =
      Math.abs(entry - stop) +
      entry * entryCostRatio(input.halfSpreadRatio, config) +
      stop * stopFee +
      stopSlippage(stop, input.atr)
    const wanted = riskAmount / lossPerUnit

    // The limit that the entry order will carry. Rounding to the tick makes a resting one a tick better at most.
    const limit = resting ? entry : mark * (1 + sign(direction) * collarRatio)
    const slack = resting ? instrument.tick : 0
    const highest = worstPrice(direction === 'SHORT' ? limit + slack : limit, mark)
    const lowest = Math.min(direction === 'LONG' ? limit - slack : limit, mark)

    let leverage = wantedLeverage
    fillCaps(caps, input, config, leverage, highest, lossPerUnit)
    let quantity = capped(wanted, caps)
    const fundingRate = fundingOrAssumed(input.fundingRate, direction)
    if (fundingRate !== input.fundingRate) notes.push('FUNDING_ASSUMED')
    if (quantity > 0) {
      const terms: LiquidationTerms = {
        direction,
        entry,
        stop,
        quantity,
        fundingRate,
        maxHoldingHours: entryTerms.maxHoldingHours,
        crossEquity: cross ? equity : null,
        tiers: instrument.marginTiers,
      }
      const allowed = maxLeverageAt(quantity * highest, instrument.marginTiers)
      const least = risk.liquidationDistanceRatio ?? 0
      const lowered = leverageFor(terms, Math.min(leverage, allowed), least)
      if (lowered === undefined) {
        const distance = liquidationDistance(terms, 1)
        const message = `own liquidation ${distance.toFixed(2)} stop distances away even at 1×, at least ${least} wanted`
        return refuse(refusal('OWN_LIQUIDATION', message, { distance, least, quantity }))
      }
      if (lowered < leverage) {
        notes.push('LEVERAGE_LOWERED')
        leverage = lowered
        fillCaps(caps, input, config, leverage, highest, lossPerUnit)
        quantity = capped(wanted, caps)
      }
    }

    const { lot, lotSize } = instrument
    let lots = Math.floor((quantity / lot) * (1 + NOISE))
    let rounded = times(whole(lots), lotSize)
    // Binary fractions again, now the other way: the gate must find the very same figures within the very same limits.
    while (lots > 0 && exceedsCap(numberOf(rounded), caps)) {
      lots -= 1
      rounded = times(whole(lots), lotSize)
    }
    const units = numberOf(rounded)

    const minimum = Math.max(numberOf(instrument.minQuantity), numberOf(instrument.minNotional) / lowest)
    if (
      lots <= 0 ||
      compare(rounded, instrument.minQuantity) < 0 ||
      units * lowest < numberOf(instrument.minNotional)
    ) {
      const refusals: Refusal[] = []
      for (let i = 0; i < CAPS.length; i++) {
        const room = caps.quantity[i]!
        if (wanted < minimum || room >= minimum) continue
        const code = CAPS[i]!
        refusals.push(
          refusal(code, `${code} leaves room for ${Math.max(0, room)}, the minimum is ${minimum}`, { room, minimum }),
        )
      }
      const message = `risk ${riskAmount.toFixed(2)} gives ${wanted}, capped and rounded ${units}, the minimum is ${minimum}`
      refusals.push(refusal('BELOW_MINIMUM', message, { wanted, quantity: units, minimum, riskAmount }))
      return refuse(...refusals)
    }
    for (let i = 0; i < CAPS.length; i++) {
      if (quantity < wanted && caps.quantity[i] === quantity) notes.push(`CAPPED_BY_${CAPS[i]!}`)
    }
    return {
      kind: 'sized',
      quantity: rounded as Quantity,
      leverage,
      riskAmount,
      lossAtStop: units * lossPerUnit,
      fundingRate,
      multipliers,
      notes,
    }
  }
}
