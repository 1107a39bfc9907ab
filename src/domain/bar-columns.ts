/**
 * History as columns of Float64: one entry a bar, ascending in time, NaN where a figure is missing. This is how files
 * reach the tape and how a backtest holds a million bars.
 */
export interface BarColumns {
  readonly symbol: string
  /** Regular spacing in ms; gaps are missing rows, never NaN rows. */
  readonly barMs: number
  readonly length: number
  /** ms since the epoch, bar open. */
  readonly openTime: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Base units. */
  readonly volume: Float64Array
  /** Quote units; NaN where absent. */
  readonly turnover: Float64Array
  /** Base units, a snapshot at the bar's **open**: the change during bar t is known at the open of t + 1. */
  readonly openInterest: Float64Array
  /** Fraction per settlement, settled at or before the bar's open, forward-filled. */
  readonly fundingRate: Float64Array
  readonly longShortRatio: Float64Array
  /** Base units bought by takers over the bar. */
  readonly takerBuyVolume: Float64Array
}
