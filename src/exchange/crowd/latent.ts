import { HOUR_MS, isWeekend, MINUTE_MS } from '../../domain/time.ts'
import { epochMs } from '../../domain/unit.ts'
import { normal, streamKey, uniform } from './draw.ts'
import type { Pace } from './pace.ts'
import type { CrowdParameters, SymbolParameters } from './parameters.ts'

export interface Latent {
  /** Log value. */
  value: number
  /** Per root hour, now. */
  volatility: number
  /** What all symbols' traders share, standard normal. */
  sentiment: number
  /** The normal draw behind the last step. */
  shock: number
  /** The part of a jump that is still to come. */
  jump: number
}

export interface LatentProcess {
  readonly state: Latent
  /** Once a minute, before the step at that time. `minute` counts from the origin. */
  minute(minute: number, time: number): void
  step(tick: number, pace: Pace): void
}

const SENTIMENT_HOURS = 30
/** Busiest hour of the day, UTC. */
const PEAK_HOUR = 15
const MAX_JUMP_LEVEL = 3

/**
 * The value that traders' orders push the price away from: log-volatility as a sum of mean-reverting factors, a daily
 * and weekly rhythm, jumps. Symbols share the common streams, so each is the same market with or without the others.
 */
export function createLatent(seed: number, symbol: string, p: CrowdParameters, own: SymbolParameters): LatentProcess {
  const commonSteps = streamKey(seed, 'common:value')
  const ownSteps = streamKey(seed, `${symbol}:value`)
  const commonMinutes = streamKey(seed, 'common:minute')
  const ownMinutes = streamKey(seed, `${symbol}:minute`)
  const factors = p.volatilityFactors.map((f, i) => {
    const keep = Math.exp(-MINUTE_MS / (f.hours * HOUR_MS))
    const key = f.common ? commonMinutes : ownMinutes
    return { keep, fresh: Math.sqrt(1 - keep ** 2), deviation: f.deviation, key, value: normal(key, -1, i) }
  })
  const logVariance = p.volatilityFactors.reduce((sum, f) => sum + f.deviation ** 2, 0)
  const sentimentKeep = Math.exp(-MINUTE_MS / (SENTIMENT_HOURS * HOUR_MS))
  const sentimentFresh = Math.sqrt(1 - sentimentKeep ** 2)
  const commonWeight = Math.sqrt(own.commonShare)
  const ownWeight = Math.sqrt(1 - own.commonShare)
  const anchor = Math.log(own.price)
  const pull = 1 / (p.reversionDays * 24 * 60)
  const jumpOdds = p.jumpsPerDay / (24 * 60)
  // No whole numbers: the fields shall hold unboxed doubles from the start.
  const state: Latent = {
    value: anchor + 1e-9,
    volatility: own.hourlyVolatility,
    sentiment: normal(commonMinutes, -1, 100),
    shock: 1e-12,
    jump: 1e-12,
  }

  const jump = (key: number, minute: number, odds: number): number => {
    if (uniform(key, minute, 200) >= odds) return 0
    const size = -Math.log(uniform(key, minute, 201)) * p.jumpSize * own.hourlyVolatility
    return uniform(key, minute, 202) < 0.5 ? size : -size
  }

  return {
    state,
    minute(minute, time) {
      let log = -logVariance
      for (let i = 0; i < factors.length; i++) {
        const f = factors[i]!
        f.value = f.value * f.keep + f.fresh * normal(f.key, minute, i)
        log += f.deviation * f.value
      }
      const hour = (time / HOUR_MS) % 24
      const swing = 1 + p.dailySwing * Math.cos(((hour - PEAK_HOUR) * Math.PI) / 12)
      const level = Math.exp(log) * swing * (isWeekend(epochMs(time)) ? p.weekendRatio : 1)
      state.volatility = own.hourlyVolatility * level
      state.sentiment = state.sentiment * sentimentKeep + sentimentFresh * normal(commonMinutes, minute, 100)
      const odds = jumpOdds * Math.min(MAX_JUMP_LEVEL, level)
      state.jump +=
        jump(commonMinutes, minute, odds * p.jumpCommonShare) + jump(ownMinutes, minute, odds * (1 - p.jumpCommonShare))
      state.value += (anchor - state.value) * pull
    },
    step(tick, pace) {
      state.shock = commonWeight * normal(commonSteps, tick, 0) + ownWeight * normal(ownSteps, tick, 0)
      const burst = state.jump * pace.jumpShare
      state.jump -= burst
      state.value += state.volatility * pace.rootHours * state.shock + burst
    },
  }
}
