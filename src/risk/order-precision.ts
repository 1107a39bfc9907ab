import { isMultipleOf, type Decimal } from '../domain/decimal.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { OrderRequest } from '../domain/order.ts'

interface Step {
  readonly size: Decimal
  /** Decimal places of a step that is a power of ten of at most 1, where counting places replaces a division; else -1. */
  readonly places: number
}

/** Price and quantity steps by instrument index, prepared once. */
export interface Steps {
  readonly symbol: readonly string[]
  readonly tick: readonly Step[]
  readonly lot: readonly Step[]
}

function step(size: Decimal): Step {
  const places = size.decimalPlaces()
  const unit = size.times(10 ** places).eq(1)
  return { size, places: unit ? places : -1 }
}

export function compileSteps(instruments: readonly Instrument[]): Steps {
  const symbol: string[] = []
  const tick: Step[] = []
  const lot: Step[] = []
  for (const instrument of instruments) {
    symbol[instrument.index] = instrument.symbol
    tick[instrument.index] = step(instrument.tickSize)
    lot[instrument.index] = step(instrument.lotSize)
  }
  return { symbol, tick, lot }
}

const fits = (value: Decimal, by: Step): boolean =>
  by.places >= 0 ? value.decimalPlaces() <= by.places : isMultipleOf(value, by.size)

const usable = (value: Decimal): boolean => value.isFinite() && value.isPositive() && !value.isZero()

/** What makes an order's numbers unfit for the venue; `undefined` when they are exact positive multiples of its steps. */
export function orderProblem(order: OrderRequest, steps: Steps): string | undefined {
  const { quantity, price, triggerPrice, instrument } = order
  const tick = steps.tick[instrument.index]
  const lot = steps.lot[instrument.index]
  if (tick === undefined || lot === undefined || steps.symbol[instrument.index] !== instrument.symbol) {
    return `${instrument.symbol} is not an instrument of this account`
  }
  if (!usable(quantity)) return `quantity ${quantity} is not a positive number`
  if (!fits(quantity, lot)) return `quantity ${quantity} is not a multiple of ${lot.size}`
  if (price !== undefined) {
    if (!usable(price)) return `price ${price} is not a positive number`
    if (!fits(price, tick)) return `price ${price} is not a multiple of ${tick.size}`
  }
  if (triggerPrice !== undefined) {
    if (!usable(triggerPrice)) return `trigger price ${triggerPrice} is not a positive number`
    if (!fits(triggerPrice, tick)) return `trigger price ${triggerPrice} is not a multiple of ${tick.size}`
  }
  return undefined
}
