import type { ClusterSide } from '../domain/side.ts'

/** One rung: what would be liquidated if the price moved this far, in USD. */
export interface LadderRung {
  /** Fraction of the price. */
  readonly move: number
  /** Longs liquidated on the way down by `move`. */
  readonly downUsd: number
  /** Shorts liquidated on the way up by `move`. */
  readonly upUsd: number
}

export interface LadderZone {
  readonly side: ClusterSide
  readonly priceLow: number
  readonly priceHigh: number
  readonly notionalUsd: number | null
}

export interface CascadeLadder {
  readonly rungs: readonly LadderRung[]
  /** Clusters of unknown notional, left out of the sums. */
  readonly unsized: number
}

const LADDER_MOVES: readonly number[] = [0.005, 0.01, 0.02, 0.05]

/** Share of a zone that lies between the price and where it would have moved to; its mass is taken as even across it. */
function crossedShare(zone: LadderZone, from: number, to: number): number {
  const low = Math.min(from, to)
  const high = Math.max(from, to)
  if (zone.priceHigh === zone.priceLow) return zone.priceLow >= low && zone.priceHigh <= high ? 1 : 0
  const overlap = Math.min(high, zone.priceHigh) - Math.max(low, zone.priceLow)
  return Math.max(0, overlap) / (zone.priceHigh - zone.priceLow)
}

/** Modelled notional that moves of 0.5, 1, 2 and 5 % either way would liquidate, cumulative from the price outwards. */
export function cascadeLadder(zones: readonly LadderZone[], price: number): CascadeLadder {
  const sum = (side: ClusterSide, to: number): number =>
    zones.reduce(
      (total, zone) => (zone.side === side ? total + (zone.notionalUsd ?? 0) * crossedShare(zone, price, to) : total),
      0,
    )
  return {
    rungs: LADDER_MOVES.map((move) => ({
      move,
      downUsd: sum('long', price * (1 - move)),
      upUsd: sum('short', price * (1 + move)),
    })),
    unsized: zones.filter((zone) => zone.notionalUsd === null).length,
  }
}
