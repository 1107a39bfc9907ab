import type { BarColumns } from '../../domain/bar-columns.ts'
import { DAY_MS, HOUR_MS } from '../../domain/time.ts'
import { autocorrelation, correlation, moments } from './series.ts'

/** What makes a return series look like a market (R. Cont, "Empirical properties of asset returns", 2001), hourly. */
export interface StylisedFacts {
  readonly days: number
  /** Standard deviation of hourly log returns (fraction). */
  readonly hourlyVolatility: number
  /** Of hourly log returns; 0 for a normal distribution. */
  readonly excessKurtosis: number
  readonly returnAutocorrelation1: number
  readonly absoluteAutocorrelation1: number
  readonly absoluteAutocorrelation6: number
  readonly absoluteAutocorrelation24: number
  /** Largest absolute hourly log return. */
  readonly largestMove: number
  /** Mean of |change of open interest| / open interest per hour. */
  readonly openInterestTurnover: number
  /** Volume per day / mean open interest. */
  readonly volumeTurnover: number
  /** Correlation of |return| with log volume. */
  readonly volumeCorrelation: number
  /** Mean funding rate, fraction per settlement. */
  readonly meanFunding: number
  /** Share of open interest liquidated per day, by position side; NaN where nothing is known of forced orders. */
  readonly liquidatedLongShare: number
  readonly liquidatedShortShare: number
}

/** Forced orders over the bars' span in base units, by position side. */
export interface ForcedQuantity {
  readonly long: number
  readonly short: number
}

/** A larger rise within one hour is a change of the feed, not of the market; it is left out. */
const FEED_JUMP_RATIO = 0.25

/**
 * Computes the facts from bars of an hour or less. Only hours that follow one another without a gap give a return;
 * NaN open interest is skipped.
 */
export function stylisedFacts(bars: BarColumns, forced?: ForcedQuantity): StylisedFacts {
  const hours = hourly(bars)
  const returns = new Float64Array(hours.length)
  const sizes = new Float64Array(hours.length)
  const logVolumes = new Float64Array(hours.length)
  let count = 0
  let volume = 0
  let turnover = 0
  let turnoverCount = 0
  let interest = 0
  let interestCount = 0
  let funding = 0
  let fundingCount = 0
  for (let i = 0; i < hours.length; i++) {
    volume += hours.volume[i]!
    const openInterest = hours.openInterest[i]!
    if (openInterest > 0) {
      interest += openInterest
      interestCount++
    }
    if (!Number.isNaN(hours.fundingRate[i]!)) {
      funding += hours.fundingRate[i]!
      fundingCount++
    }
    if (i === 0 || hours.time[i]! - hours.time[i - 1]! !== HOUR_MS) continue
    const change = openInterest / hours.openInterest[i - 1]! - 1
    if (change <= FEED_JUMP_RATIO) {
      turnover += Math.abs(change)
      turnoverCount++
    }
    const logReturn = Math.log(hours.close[i]! / hours.close[i - 1]!)
    if (!Number.isFinite(logReturn)) continue
    returns[count] = logReturn
    sizes[count] = Math.abs(logReturn)
    logVolumes[count++] = Math.log(Math.max(hours.volume[i]!, Number.MIN_VALUE))
  }
  const r = returns.subarray(0, count)
  const size = sizes.subarray(0, count)
  const days = (hours.length * HOUR_MS) / DAY_MS
  const meanInterest = interest / interestCount
  const { variance, kurtosis } = moments(r)
  return {
    days,
    hourlyVolatility: Math.sqrt(variance),
    excessKurtosis: kurtosis - 3,
    returnAutocorrelation1: autocorrelation(r, 1),
    absoluteAutocorrelation1: autocorrelation(size, 1),
    absoluteAutocorrelation6: autocorrelation(size, 6),
    absoluteAutocorrelation24: autocorrelation(size, 24),
    largestMove: size.reduce((a, b) => Math.max(a, b), 0),
    openInterestTurnover: turnover / turnoverCount,
    volumeTurnover: volume / days / meanInterest,
    volumeCorrelation: correlation(size, logVolumes.subarray(0, count)),
    meanFunding: funding / fundingCount,
    liquidatedLongShare: forced ? forced.long / days / meanInterest : Number.NaN,
    liquidatedShortShare: forced ? forced.short / days / meanInterest : Number.NaN,
  }
}

/** Rows `from` to `to` (exclusive) of the columns, sharing their memory. */
export function sliceColumns(bars: BarColumns, from: number, to: number): BarColumns {
  return {
    symbol: bars.symbol,
    barMs: bars.barMs,
    length: Math.max(0, Math.min(to, bars.length) - from),
    openTime: bars.openTime.subarray(from, to),
    open: bars.open.subarray(from, to),
    high: bars.high.subarray(from, to),
    low: bars.low.subarray(from, to),
    close: bars.close.subarray(from, to),
    volume: bars.volume.subarray(from, to),
    turnover: bars.turnover.subarray(from, to),
    openInterest: bars.openInterest.subarray(from, to),
    fundingRate: bars.fundingRate.subarray(from, to),
    longShortRatio: bars.longShortRatio.subarray(from, to),
    takerBuyVolume: bars.takerBuyVolume.subarray(from, to),
  }
}

interface Hours {
  readonly length: number
  readonly time: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
  readonly openInterest: Float64Array
  readonly fundingRate: Float64Array
}

/** Whole hours, each from its first bar's open interest and funding to its last bar's close. */
function hourly(bars: BarColumns): Hours {
  const capacity = bars.length
  const time = new Float64Array(capacity)
  const close = new Float64Array(capacity)
  const volume = new Float64Array(capacity)
  const openInterest = new Float64Array(capacity)
  const fundingRate = new Float64Array(capacity)
  let length = 0
  let current = Number.NaN
  for (let i = 0; i < bars.length; i++) {
    const hour = Math.floor(bars.openTime[i]! / HOUR_MS) * HOUR_MS
    if (hour !== current) {
      current = hour
      time[length] = hour
      volume[length] = 0
      openInterest[length] = bars.openInterest[i]!
      fundingRate[length] = bars.fundingRate[i]!
      length++
    }
    close[length - 1] = bars.close[i]!
    volume[length - 1]! += bars.volume[i]!
  }
  return { length, time, close, volume, openInterest, fundingRate }
}
