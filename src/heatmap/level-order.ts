import type { LiquidationLevel } from '../domain/cluster.ts'

/** Canonical order of a snapshot: side (long first), mode, leverage; what is left equal is settled by size, so that no input order shows. */
export function compareLevels(a: LiquidationLevel, b: LiquidationLevel): number {
  if (a.side !== b.side) return a.side === 'long' ? -1 : 1
  return (
    a.priceMode - b.priceMode ||
    (a.leverage ?? 0) - (b.leverage ?? 0) ||
    (b.strength ?? -1) - (a.strength ?? -1) ||
    (b.notionalUsd ?? -1) - (a.notionalUsd ?? -1) ||
    a.priceLow - b.priceLow ||
    a.priceHigh - b.priceHigh
  )
}
