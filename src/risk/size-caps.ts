import { numberOf } from '../domain/decimal.ts'
import type { Config } from '../config/schema.ts'
import type { RefusalCode } from '../domain/refusal.ts'
import { worstNotional, roomFor } from './exposure.ts'
import type { SizeInput } from './size-input.ts'
import { valueLimit } from './value-limit.ts'

/** What may make a size smaller than its risk allows, in the order in which it is told. */
export const CAPS = [
  'DEPTH',
  'MAX_LEVERAGE',
  'FREE_MARGIN',
  'MAX_ORDER_VALUE',
  'MAX_ORDER_QUANTITY',
  'MAX_POSITION',
  'MAX_GROSS_EXPOSURE',
  'GAP_RISK',
  'CORRELATED_RISK',
] as const satisfies readonly RefusalCode[]

export type CapCode = (typeof CAPS)[number]

const indexOf = (code: CapCode): number => CAPS.indexOf(code)
const DEPTH = indexOf('DEPTH')
const LEVERAGE = indexOf('MAX_LEVERAGE')
const MARGIN = indexOf('FREE_MARGIN')
const ORDER_VALUE = indexOf('MAX_ORDER_VALUE')
const ORDER_QUANTITY = indexOf('MAX_ORDER_QUANTITY')
const POSITION = indexOf('MAX_POSITION')
const GROSS = indexOf('MAX_GROSS_EXPOSURE')
const GAP = indexOf('GAP_RISK')
const CORRELATED = indexOf('CORRELATED_RISK')

/** The caps of one size, by the index of `CAPS`. Infinity where there is none; 0 or less where there is no room at all. */
export interface Caps {
  /** Largest order value, in the quote currency. */
  readonly value: Float64Array
  /** Largest quantity, in base units: the value caps at `price`, and those that are quantities by nature. */
  readonly quantity: Float64Array
  /** The price at which values are reckoned. */
  price: number
}

export const createCaps = (): Caps => ({
  value: new Float64Array(CAPS.length),
  quantity: new Float64Array(CAPS.length),
  price: Number.NaN,
})

/** Fills `caps` for an order valued at `price` with margin at `leverage`. A `null` limit caps nothing. */
export function fillCaps(
  caps: Caps,
  input: SizeInput,
  config: Config,
  leverage: number,
  price: number,
  lossPerUnit: number,
): void {
  const { risk, entry: terms } = config
  const { equity, direction, positionNotional: position, workingBuyNotional: buys, workingSellNotional: sells } = input
  const { value, quantity } = caps
  const none = Number.POSITIVE_INFINITY

  const othersNotional = input.grossNotional - worstNotional(position, buys, sells)
  const grossLimit = risk.maxGrossExposureRatio === null ? none : risk.maxGrossExposureRatio * equity - othersNotional
  const positionLimit = valueLimit(risk.maxPositionUsd, risk.maxPositionRatio, equity, leverage)
  value.fill(none)
  value[LEVERAGE] = equity * leverage
  value[MARGIN] = risk.freeMarginRatio === null ? none : (input.freeMargin - risk.freeMarginRatio * equity) * leverage
  value[ORDER_VALUE] = valueLimit(risk.maxOrderUsd, risk.maxOrderRatio, equity, leverage)
  value[POSITION] = roomFor(direction, position, buys, sells, positionLimit)
  value[GROSS] = roomFor(direction, position, buys, sells, grossLimit)
  for (let i = 0; i < value.length; i++) quantity[i] = value[i]! / price

  quantity[DEPTH] = input.depthQuantity ?? none
  quantity[ORDER_QUANTITY] = Math.min(risk.maxOrderQuantity ?? none, numberOf(input.instrument.maxQuantity))
  // A gap of `gap_pct` beyond the stop may cost at most `gap_max_loss_pct` of equity.
  const gapLoss = Math.abs(input.entry - input.stop) + (input.stop * terms.gapPct) / 100
  quantity[GAP] = (equity * terms.gapMaxLossPct) / 100 / gapLoss
  quantity[CORRELATED] =
    terms.correlatedRiskPct === null
      ? none
      : ((equity * terms.correlatedRiskPct) / 100 - input.correlatedRisk) / lossPerUnit
  caps.price = price
}

/** The largest quantity that every cap permits, at most `wanted`; 0 when one leaves no room. */
export function capped(wanted: number, caps: Caps): number {
  let least = wanted
  for (let i = 0; i < caps.quantity.length; i++) least = Math.min(least, caps.quantity[i]!)
  return Math.max(0, least)
}

/** Whether a quantity is beyond a cap, reckoned exactly as the gate does: a value as a value. */
export function exceedsCap(quantity: number, caps: Caps): boolean {
  const value = quantity * caps.price
  for (let i = 0; i < CAPS.length; i++) {
    const limit = caps.value[i]!
    if (limit === Number.POSITIVE_INFINITY ? quantity > caps.quantity[i]! : value > limit) return true
  }
  return false
}
