/** What the embedded exchange charges and assumes. The composition root derives it from the configuration. */
export interface ExchangeParameters {
  readonly feeMakerBp: number
  readonly feeTakerBp: number
  /** By symbol; `default` serves the others. */
  readonly halfSpreadBp: Readonly<Record<string, number>>
  /** From the moment an order is sent, or a trigger fires, to the moment it meets the market. */
  readonly latencyMs: number
  /** Slippage beyond half the spread. */
  readonly impact: boolean
  /** Share of a bar's volume (of a minute's, on ticks) that resting limits may fill together. */
  readonly limitVolumePct: number
  readonly stopSlippageMinBp: number
  /** Share of the way from the trigger to the bar's extreme that a stop loses. */
  readonly stopSlippageRangePct: number
  readonly stopSlippageWidePct: number
  /** A bar whose range is at least this many trailing ATRs is wide. */
  readonly wideBarAtr: number
  readonly liquidationFeePct: number
  /** Start of the insurance fund, in percent of open interest. */
  readonly insuranceFundPct: number
  readonly ambiguousBar: 'stop_first' | 'target_first'
  readonly marginMode: 'isolated' | 'cross'
  readonly leverage: number
  readonly startingBalance: number
  /** On bars: a profitable position is deleveraged at the favourable extreme of every wide bar. */
  readonly deleveragingStress?: boolean
}

const FALLBACK_HALF_SPREAD_BP = 2

/** Assumed half spread of a symbol as a fraction of the price. */
export const halfSpreadRatio = (parameters: ExchangeParameters, symbol: string): number =>
  (parameters.halfSpreadBp[symbol] ?? parameters.halfSpreadBp['default'] ?? FALLBACK_HALF_SPREAD_BP) / 10_000
