import type { LiquidationLevel } from '../../domain/cluster.ts'
import type { ClusterSide } from '../../domain/side.ts'
import { distanceBand, type StrengthRanking } from '../strength.ts'
import type { BinPrices } from './bin-prices.ts'
import { zoneLeverage, zoneMass } from './extract.ts'
import type { SideClusters } from './side-clusters.ts'

const MASS_DIGITS = 1e6

/** Contracts as they are published: to six decimals. */
const roundMass = (contracts: number): number => Math.round(contracts * MASS_DIGITS) / MASS_DIGITS

/**
 * Puts the clusters that have no distance band yet into one, for good: the distance of the near edge from `close` in
 * ATR. Does nothing while `atr` (price units) is NaN.
 */
export function settleBands(
  side: ClusterSide,
  clusters: SideClusters,
  prices: BinPrices,
  close: number,
  atr: number,
): void {
  if (!(atr > 0)) return
  const present = clusters.present()
  clusters.tracks().forEach((track, zone) => {
    if (track.band >= 0) return
    const gap =
      side === 'long' ? close - prices.lower(present.high[zone]! + 1) : prices.lower(present.low[zone]!) - close
    track.band = distanceBand(Math.max(gap, 0) / atr)
  })
}

/** Appends the clusters of a side as levels, in ascending order of price; those that round to no mass are left out. */
export function appendLevels(
  levels: LiquidationLevel[],
  side: ClusterSide,
  clusters: SideClusters,
  prices: BinPrices,
  leverage: Float64Array,
  ranking: StrengthRanking,
): void {
  const present = clusters.present()
  clusters.tracks().forEach(({ id, parentIds, band }, zone) => {
    const mass = roundMass(zoneMass(present, zone))
    if (mass === 0) return
    const priceMode = prices.middle(present.mode[zone]!)
    levels.push({
      id,
      parentIds,
      side,
      priceLow: prices.lower(present.low[zone]!),
      priceMode,
      priceHigh: prices.lower(present.high[zone]! + 1),
      notionalUsd: mass * priceMode,
      mass,
      strength: band < 0 ? null : ranking.strength(band, mass),
      leverage: zoneLeverage(present, zone, leverage),
    })
  })
}

/** Adds the clusters of a side to what later ones are ranked among. */
export function observeClusters(clusters: SideClusters, time: number, ranking: StrengthRanking): void {
  const present = clusters.present()
  clusters.tracks().forEach(({ band }, zone) => {
    const mass = roundMass(zoneMass(present, zone))
    if (mass > 0 && band >= 0) ranking.observe(band, mass, time)
  })
}
