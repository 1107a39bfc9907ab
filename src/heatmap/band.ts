export type StrengthBand = 'weak' | 'moderate' | 'strong' | 'very_strong'
export type DistanceBand = 'immediate' | 'near_term' | 'medium_term' | 'long_term'
export type OpenInterestBand = 'low' | 'moderate' | 'high' | 'major'
export type LeverageBand = 'very_tight' | 'tight' | 'moderate' | 'wide'

/** Weak [0, 0.3), moderate [0.3, 0.5), strong [0.5, 0.7), very strong [0.7, 1]. */
export function strengthBand(strength: number): StrengthBand {
  if (strength >= 0.7) return 'very_strong'
  if (strength >= 0.5) return 'strong'
  return strength >= 0.3 ? 'moderate' : 'weak'
}

/**
 * Immediate [0, 1 %), near-term [1 %, 3 %), medium-term [3 %, 5 %], long-term beyond.
 * @param distance unsigned distance of the near edge as a fraction of the price
 */
export function distanceBand(distance: number): DistanceBand {
  if (distance < 0.01) return 'immediate'
  if (distance < 0.03) return 'near_term'
  return distance <= 0.05 ? 'medium_term' : 'long_term'
}

/** Low < 500k, moderate [500k, 2M), high [2M, 10M], major beyond; in USD. */
export function openInterestBand(usd: number): OpenInterestBand {
  if (usd < 500_000) return 'low'
  if (usd < 2_000_000) return 'moderate'
  return usd <= 10_000_000 ? 'high' : 'major'
}

/** How near to its entry a position of this leverage is liquidated: very tight from 75x, tight from 35x, moderate from 15x. */
export function leverageBand(leverage: number): LeverageBand {
  if (leverage >= 75) return 'very_tight'
  if (leverage >= 35) return 'tight'
  return leverage >= 15 ? 'moderate' : 'wide'
}
