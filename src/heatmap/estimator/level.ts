import type { LiquidationLevel } from '../../domain/cluster.ts'
import type { ClusterSide } from '../../domain/side.ts'
import { distanceBand, type StrengthRanking } from '../strength.ts'
import type { SideClusters } from './side-clusters.ts'

const MASS_DIGITS = 1e6

/** Contracts as they are published: to six decimals. */
const roundMass = (contracts: number): number => Math.round(contracts * MASS_DIGITS) / MASS_DIGITS

const lowerEdge = (bin: number, binWidth: number): number => Math.exp(bin * binWidth)
const middle = (bin: number, binWidth: number): number => Math.exp((bin + 0.5) * binWidth)
const upperEdge = (bin: number, binWidth: number): number => Math.exp((bin + 1) * binWidth)

/**
 * Puts the clusters that have no distance band yet into one, for good: the distance of the near edge from `close` in
 * ATR. Does nothing while `atr` (price units) is NaN.
 */
export function settleBands(side: ClusterSide, clusters: SideClusters, binWidth: number, close: number, atr: number): void {
  if (!(atr > 0)) return
  for (let cluster = 0, count = clusters.count(); cluster < count; cluster++) {
    const track = clusters.track(cluster)
    if (track.band >= 0) continue
    const gap =
      side === 'long'
        ? close - upperEdge(clusters.high(cluster), binWidth)
        : lowerEdge(clusters.low(cluster), binWidth) - close
    track.band = distanceBand(Math.max(gap, 0) / atr)
  }
}

/** Appends the clusters of a side as levels, in ascending order of price; those that round to no mass are left out. */
export function appendLevels(
  levels: LiquidationLevel[],
  side: ClusterSide,
  clusters: SideClusters,
  binWidth: number,
  ranking: StrengthRanking,
): void {
  for (let cluster = 0, count = clusters.count(); cluster < count; cluster++) {
    const mass = roundMass(clusters.mass(cluster))
    if (mass === 0) continue
    const { id, parentIds, band } = clusters.track(cluster)
    const priceMode = middle(clusters.mode(cluster), binWidth)
    levels.push({
      id,
      parentIds,
      side,
      priceLow: lowerEdge(clusters.low(cluster), binWidth),
      priceMode,
      priceHigh: upperEdge(clusters.high(cluster), binWidth),
      notionalUsd: mass * priceMode,
      mass,
      strength: band < 0 ? null : ranking.strength(band, mass),
      leverage: clusters.leverage(cluster),
    })
  }
}

/** Adds the clusters of a side to what later ones are ranked among. */
export function observeClusters(clusters: SideClusters, time: number, ranking: StrengthRanking): void {
  for (let cluster = 0, count = clusters.count(); cluster < count; cluster++) {
    const mass = roundMass(clusters.mass(cluster))
    const { band } = clusters.track(cluster)
    if (mass > 0 && band >= 0) ranking.observe(band, mass, time)
  }
}
