import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts'
import { normal, streamKey } from './draw.ts'
import type { CrowdParameters } from './parameters.ts'

/** The interest part of the rate per 8 h, and how far the premium may pull the rate from it. */
const INTEREST = 0.0001
const DAMPER = 0.0005
const CAP = 0.0075

/** Funding rate per 8 h from the mean premium: premium + clamp(interest − premium, ±0.05 %), capped (Binance, "Introduction to Funding Rates"). */
export function fundingRate(meanPremium: number): number {
  const pull = Math.max(-DAMPER, Math.min(DAMPER, INTEREST - meanPremium))
  return Math.max(-CAP, Math.min(CAP, meanPremium + pull))
}

export interface PremiumState {
  /** What the perpetual is worth above the index, a fraction, before decaying impact. */
  premium: number
  /** Of the next settlement, as estimated now. */
  estimate: number
  /** Of the last settlement. */
  settled: number
}

export interface Premium {
  readonly state: PremiumState
  /** @param imbalance longs less shorts over both, of the crowd; @param observed last / index − 1 */
  minute(minute: number, imbalance: number, observed: number): void
  /** The estimate becomes the settled rate and a new interval begins. */
  settle(): number
}

/** A premium that leans with the crowd, and the funding rate its mean over the interval makes. */
export function createPremium(seed: number, symbol: string, p: CrowdParameters): Premium {
  const key = streamKey(seed, `${symbol}:premium`)
  const keep = Math.exp(-MINUTE_MS / (p.premiumHours * HOUR_MS))
  const fresh = Math.sqrt(1 - keep ** 2) * p.premiumDeviation
  const state: PremiumState = { premium: p.premiumMean, estimate: INTEREST, settled: INTEREST }
  let noise = 0
  let sum = 0
  let count = 0
  return {
    state,
    minute(minute, imbalance, observed) {
      noise = noise * keep + fresh * normal(key, minute, 0)
      state.premium = p.premiumMean + noise + p.premiumImbalance * imbalance
      sum += observed
      count++
      state.estimate = fundingRate(sum / count)
    },
    settle() {
      state.settled = state.estimate
      sum = 0
      count = 0
      return state.settled
    },
  }
}
