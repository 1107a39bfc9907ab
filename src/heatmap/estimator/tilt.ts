import { DAY_MS } from '../../domain/time.ts'
import type { TierSet } from './tier-set.ts'

/** The leverage mix of new positions by plane: the configured one, leant by taker flow. */
export interface Tilt {
  /** Shares by plane; each side sums to 1. */
  readonly shares: Float64Array
  /** Takes a bar's volume and taker-bought volume and brings the shares up to date. */
  update(volume: number, takerBuyVolume: number): void
}

/** Length of the exponential memory that standardises the imbalance, and of its warm-up. */
const MEMORY_MS = DAY_MS
const LARGEST_Z = 3

/**
 * Shares ∝ share · leverage^(κz), where z is the taker imbalance (2B − V)/V standardised by its own past. Takers that
 * buy lean the longs to higher leverage and the shorts to lower; both sides still receive the same contracts.
 */
export function createTilt(kappa: number, tiers: TierSet, barMs: number): Tilt {
  const { count, share, leverage } = tiers
  const shares = new Float64Array(2 * count)
  shares.set(share)
  shares.set(share, count)

  const warm = Math.ceil(MEMORY_MS / barMs)
  const weight = Math.min(1, barMs / MEMORY_MS)
  const moments = new Float64Array(2)
  let seen = 0

  function lean(plane: number, exponent: number): void {
    let whole = 0
    for (let tier = 0; tier < count; tier++) {
      shares[plane + tier] = share[tier]! * leverage[tier]! ** exponent
      whole += shares[plane + tier]!
    }
    for (let tier = 0; tier < count; tier++) shares[plane + tier] = shares[plane + tier]! / whole
  }

  return {
    shares,
    update(volume, takerBuyVolume) {
      const imbalance = (2 * takerBuyVolume - volume) / volume
      let z = 0
      if (Number.isFinite(imbalance)) {
        const gap = imbalance - moments[0]!
        if (seen >= warm && moments[1]! > 0) z = Math.max(-LARGEST_Z, Math.min(LARGEST_Z, gap / Math.sqrt(moments[1]!)))
        moments[0] = moments[0]! + weight * gap
        moments[1] = (1 - weight) * (moments[1]! + weight * gap * gap)
        seen++
      }
      lean(0, kappa * z)
      lean(count, -kappa * z)
    },
  }
}
