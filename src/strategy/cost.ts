import type { Config } from '../config/schema.ts'
import type { MarketView } from '../domain/market-view.ts'
import { sign, type Direction } from '../domain/side.ts'

const BASIS_POINT = 1e-4
/** A stop is assumed to fill at least this far behind its trigger, as a fraction of the trigger. */
const STOP_SLIPPAGE_FLOOR = 10 * BASIS_POINT
const STOP_SLIPPAGE_ATR = 0.1
const FUNDING_INTERVAL_HOURS = 8

/** Round-trip costs of one base unit, in price units, never negative. */
export interface TradeCosts {
  /** Entry to target. */
  readonly toTarget: number
  /** Entry to stop, the slippage behind the trigger included. */
  readonly toStop: number
}

/** Assumed distance between a stop's trigger and its fill, in price units: max(10 bp, 0.1 ATR); 10 bp without an ATR. */
export function stopSlippage(stop: number, atr: number): number {
  const floor = STOP_SLIPPAGE_FLOOR * stop
  return atr > 0 ? Math.max(floor, STOP_SLIPPAGE_ATR * atr) : floor
}

/** Fraction of the entry price paid in fee and half spread; a resting entry pays the maker fee and no spread. */
export function entryCostRatio(halfSpreadRatio: number, config: Config): number {
  const { feeMakerBp, feeTakerBp } = config.simulation
  return config.entry.orderType === 'limit' ? feeMakerBp * BASIS_POINT : feeTakerBp * BASIS_POINT + halfSpreadRatio
}

/** Funding paid over the longest holding at the present rate, a fraction of the entry. What would be received counts 0. */
export function expectedFundingRatio(direction: Direction, fundingRate: number, config: Config): number {
  const paid = sign(direction) * fundingRate * (config.entry.maxHoldingHours / FUNDING_INTERVAL_HOURS)
  return paid > 0 ? paid : 0
}

/** Expected costs both ways; each is at least 0 even where a maker is paid. */
export function tradeCosts(
  view: MarketView,
  direction: Direction,
  entry: number,
  stop: number,
  target: number,
  config: Config,
): TradeCosts {
  const { feeMakerBp, feeTakerBp } = config.simulation
  const inAndHeld =
    entry * (entryCostRatio(view.halfSpreadRatio, config) + expectedFundingRatio(direction, view.fundingRate, config))
  return {
    toTarget: Math.max(0, inAndHeld + target * feeMakerBp * BASIS_POINT),
    toStop: Math.max(0, inAndHeld + stop * feeTakerBp * BASIS_POINT + stopSlippage(stop, view.atr)),
  }
}

/** |target − entry| / |entry − stop|. */
export const grossRiskReward = (entry: number, stop: number, target: number): number =>
  Math.abs(target - entry) / Math.abs(entry - stop)

/** (|target − entry| − costs) / (|entry − stop| + costs); negative when the target does not pay for the way. */
export const netRiskReward = (entry: number, stop: number, target: number, costs: TradeCosts): number =>
  (Math.abs(target - entry) - costs.toTarget) / (Math.abs(entry - stop) + costs.toStop)

/** Share of the whole loss at the stop that is cost. */
export const costRatio = (entry: number, stop: number, costs: TradeCosts): number =>
  costs.toStop / (Math.abs(entry - stop) + costs.toStop)
