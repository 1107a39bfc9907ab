import type { ExchangeParameters } from './parameters.ts'

/** The market a taker meets. */
export interface MarketState {
  readonly last: number
  /** NaN where no book is known. */
  readonly bid: number
  readonly ask: number
  readonly minuteVolatility: number
  readonly minuteVolume: number
  readonly cascade: boolean
}

const CASCADE_FACTOR = 5
const CASCADE_STOP_FACTOR = 10

/** Distance from the last price to the best opposite quote: the observed one, but never less than the assumed. */
export function halfSpread(sign: 1 | -1, market: MarketState, ratio: number): number {
  const quote = sign > 0 ? market.ask : market.bid
  const assumed = market.last * ratio
  return Number.isNaN(quote) ? assumed : Math.max(assumed, sign * (quote - market.last))
}

/**
 * Average price of a taker order before rounding: half the spread plus square-root impact, σ of one minute times
 * √(quantity / volume of one minute); five times as much while forced orders dominate, ten times for stops then.
 * @param sign +1 buy, −1 sell
 * @param ratio assumed half spread, a fraction of the price
 */
export function takerPrice(
  sign: 1 | -1,
  quantity: number,
  market: MarketState,
  ratio: number,
  parameters: ExchangeParameters,
  stop: boolean,
): number {
  const share = quantity / market.minuteVolume
  const impact =
    parameters.impact && share > 0 && Number.isFinite(share) ? market.minuteVolatility * Math.sqrt(share) : 0
  const factor = market.cascade ? (stop ? CASCADE_STOP_FACTOR : CASCADE_FACTOR) : 1
  const distance = halfSpread(sign, market, ratio) + market.last * (Number.isNaN(impact) ? 0 : impact)
  return Math.max(0, market.last + sign * factor * distance)
}

/**
 * Price of a stop inside a bar, before rounding: a part of the way from where it was met to the bar's extreme.
 * @param sign +1 for a buy stop, −1 for a sell stop
 * @param base the trigger, or the price after a gap through it
 * @param extreme the bar's low for a sell stop, its high for a buy stop
 */
export function barStopPrice(
  sign: 1 | -1,
  base: number,
  extreme: number,
  wide: boolean,
  parameters: ExchangeParameters,
): number {
  const pct = wide ? parameters.stopSlippageWidePct : parameters.stopSlippageRangePct
  const least = (base * parameters.stopSlippageMinBp) / 10_000
  return Math.max(0, base + sign * Math.max(least, (pct / 100) * sign * (extreme - base)))
}
