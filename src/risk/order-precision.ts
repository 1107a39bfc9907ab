import { isMultipleOf, isWithin, type Decimal } from '../domain/decimal.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { OrderRequest } from '../domain/order.ts'

interface Step {
  readonly size: Decimal
  /** Decimal places of a step that is a power of ten of at most 1, where counting places replaces a division; else -1. */
  readonly places: number
}

interface InstrumentSteps {
  readonly symbol: string
  readonly tick: Step
  readonly lot: Step
}

/** Price and quantity steps by instrument index, prepared once and when the venue changes them; holes where there is no instrument. */
export type Steps = (InstrumentSteps | undefined)[]

function step(size: Decimal): Step {
  const places = size.decimalPlaces()
  const unit = size.times(10 ** places).eq(1)
  return { size, places: unit ? places : -1 }
}

export function compileSteps(instruments: readonly Instrument[]): Steps {
  const steps: InstrumentSteps[] = []
  for (const instrument of instruments) steps[instrument.index] = stepsOf(instrument)
  return steps
}

const stepsOf = ({ symbol, tickSize, lotSize }: Instrument): InstrumentSteps => ({
  symbol,
  tick: step(tickSize),
  lot: step(lotSize),
})

const fits = (value: Decimal, by: Step): boolean =>
  by.places >= 0 ? isWithin(value, by.places) : isMultipleOf(value, by.size)

const usable = (value: Decimal): boolean => value.isFinite() && value.isPositive() && !value.isZero()

/** What makes an order's numbers unfit for the venue; `undefined` when they are exact positive multiples of its steps. */
export function orderProblem(order: OrderRequest, steps: Steps): string | undefined {
  const { quantity, price, triggerPrice, instrument } = order
  let own = steps[instrument.index]
  if (own === undefined || own.symbol !== instrument.symbol)
    return `${instrument.symbol} is not an instrument of this account`
  if (own.tick.size !== instrument.tickSize || own.lot.size !== instrument.lotSize) {
    own = stepsOf(instrument)
    steps[instrument.index] = own
  }
  const { tick, lot } = own
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
