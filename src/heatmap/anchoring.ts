import type { Anchoring } from '../domain/cluster.ts'
import { clusterSign, type ClusterSide } from '../domain/side.ts'

/** What the detectors look at: a level with the leverage tier its provider names. */
export interface TierLevel {
  readonly side: ClusterSide
  readonly leverage: number | null
  readonly priceMode: number
}

/** Finds out whether a feed's levels stand still or are projected from the current price. */
export interface AnchoringDetector {
  /** One response: its levels and the provider's own price. */
  observe(levels: readonly TierLevel[], currentPrice: number): void
  /** `spot_anchored` is final. */
  readonly verdict: Anchoring
  /** Median of Δln(level) / Δln(price) over the last polls; NaN with fewer than 20 values. */
  readonly response: number
}

const ORIGIN_AGREEMENT = 1e-4
const ORIGIN_NEARNESS = 5e-3
const MIN_PRICE_MOVE = 1e-4
const MIN_VALUES = 20
const MAX_VALUES = 200

const tierKey = (level: TierLevel): string => `${level.side}:${level.leverage}`

/** A projection has one level a side and tier. A map of entries has several: that two of its many agree is chance. */
function hasRepeatedTier(levels: readonly TierLevel[]): boolean {
  const tiers = new Set<string>()
  for (const { side, leverage } of levels) {
    if (leverage === null) continue
    const key = `${side}:${Math.round(leverage)}`
    if (tiers.has(key)) return true
    tiers.add(key)
  }
  return false
}

/** Whether two levels of different tiers are projections of one price near the current one. */
export function projectedFromOnePrice(levels: readonly TierLevel[], currentPrice: number): boolean {
  if (hasRepeatedTier(levels)) return false
  const origins: { readonly key: string; readonly price: number }[] = []
  for (const level of levels) {
    if (level.leverage === null || level.leverage <= 1) continue
    const price = level.priceMode / (1 + -clusterSign(level.side) / level.leverage)
    if (Math.abs(price / currentPrice - 1) <= ORIGIN_NEARNESS) origins.push({ key: tierKey(level), price })
  }
  origins.sort((a, b) => a.price - b.price)
  return origins.some((origin, i) => {
    for (let j = i + 1; j < origins.length; j++) {
      const other = origins[j]!
      if (other.price / origin.price - 1 > ORIGIN_AGREEMENT) return false
      if (other.key !== origin.key) return true
    }
    return false
  })
}

/** Prices of the tiers that occur exactly once; a tier with several levels cannot be followed from poll to poll. */
function uniqueTiers(levels: readonly TierLevel[]): ReadonlyMap<string, number> {
  const prices = new Map<string, number>()
  const repeated = new Set<string>()
  for (const level of levels) {
    if (level.leverage === null) continue
    const key = tierKey(level)
    if (prices.has(key)) repeated.add(key)
    prices.set(key, level.priceMode)
  }
  for (const key of repeated) prices.delete(key)
  return prices
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/**
 * Two detectors: levels of one response that are projections of one price; and the median response of levels to the
 * price from poll to poll (0.8 to 1.2: anchored; within ±0.2: they stand still).
 * @param assertAbsolute the operator vouches that levels stand still: lifts doubt, never a detection
 */
export function createAnchoringDetector(assertAbsolute: boolean): AnchoringDetector {
  const values: number[] = []
  let previous: ReadonlyMap<string, number> = new Map()
  let previousPrice = Number.NaN
  let response = Number.NaN
  let verdict: Anchoring = assertAbsolute ? 'absolute' : 'undetermined'

  function compare(current: ReadonlyMap<string, number>, priceMove: number): void {
    for (const [key, price] of current) {
      const before = previous.get(key)
      if (before === undefined) continue
      values.push(Math.log(price / before) / priceMove)
      if (values.length > MAX_VALUES) values.shift()
    }
    if (values.length < MIN_VALUES) return
    response = medianOf(values)
    if (response >= 0.8 && response <= 1.2) verdict = 'spot_anchored'
    else if (assertAbsolute || Math.abs(response) <= 0.2) verdict = 'absolute'
    else verdict = 'undetermined'
  }

  return {
    get verdict() {
      return verdict
    },
    get response() {
      return response
    },
    observe(levels, currentPrice) {
      if (verdict === 'spot_anchored' || !(currentPrice > 0) || levels.length === 0) return
      if (projectedFromOnePrice(levels, currentPrice)) {
        verdict = 'spot_anchored'
        return
      }
      const current = uniqueTiers(levels)
      const priceMove = Math.log(currentPrice / previousPrice)
      if (Math.abs(priceMove) >= MIN_PRICE_MOVE) compare(current, priceMove)
      previous = current
      previousPrice = currentPrice
    },
  }
}

/** Levels of an anchored feed that are not where their tier puts them are two sides averaged into one. */
export function isMergedSides(level: TierLevel, currentPrice: number): boolean {
  if (level.leverage === null) return true
  const distance = Math.abs(level.priceMode / currentPrice - 1)
  return Math.abs(distance * level.leverage - 1) > 0.1
}
