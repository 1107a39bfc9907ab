import type { Config } from '../../config/schema.ts'
import type { LevelSnapshot } from '../../domain/cluster.ts'
import type { BarEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { age, shrink } from './ageing.ts'
import { deposit } from './deposit.ts'
import { createEntryPoints, entryMode, placeEntries } from './entry-points.ts'
import { CAPPED, CLOSED, sideLedger, type SideLedger } from './ledger.ts'
import { createMassMap, type MassMap } from './mass-map.ts'
import { createOpenInterestFlow, takeOpenInterest } from './open-interest-flow.ts'
import { createPublication } from './publication.ts'
import { confine, release, type ReleaseListener } from './sweep.ts'
import { decayFactors, LONG, SHORT, tierSet, type SideIndex } from './tier-set.ts'
import { createTilt } from './tilt.ts'

export interface EstimatorOptions {
  readonly instrument: Instrument
  readonly config: Config['estimator']
  /** Regular length of a bar in ms. */
  readonly barMs: number
  /** Told of every bin the mark price sweeps, with the mass it held before the bar's own entries. */
  readonly onRelease?: ReleaseListener
}

export interface EstimatorDiagnostics {
  readonly bars: number
  /** Bars that could not be used: out of order, or with impossible prices. They change nothing. */
  readonly rejectedBars: number
  /** Missing or implausibly risen open interest, in bars. */
  readonly levelBreaks: number
  readonly published: number
  /** Base units at the last bar that had a figure; NaN before the first. */
  readonly openInterest: number
  /** Close of the first bar that had a figure; NaN before it. */
  readonly openInterestFrom: number
  /** Contracts in the map. */
  readonly longMass: number
  readonly shortMass: number
  readonly long: SideLedger
  readonly short: SideLedger
}

/** Estimates where leveraged positions of one symbol would be liquidated, from closed bars with open interest. */
export interface Estimator {
  /** Feeds one closed bar; returns a snapshot when one is published. */
  onBar(bar: BarEvent): LevelSnapshot | undefined
  /** What the clusters are made of; for reading. */
  readonly map: MassMap
  diagnostics(): EstimatorDiagnostics
}

const isPrice = (value: number): boolean => value > 0 && value < Number.POSITIVE_INFINITY

/** Throws when the configuration does not fit the instrument: no tier left, no half-life, no valid interval. */
export function createEstimator(options: EstimatorOptions): Estimator {
  const { instrument, config, barMs, onRelease } = options
  const binWidth = config.binWidthBp * 1e-4
  const rangeBelow = Math.log(1 - config.rangePct / 100) / binWidth
  const rangeAbove = Math.log(1 + config.rangePct / 100) / binWidth
  const span = Math.ceil(rangeAbove - rangeBelow) + 2
  const mapped = 1 - config.unmappedRatio

  const tiers = tierSet(config, instrument)
  const map = createMassMap(tiers, span, binWidth)
  const flow = createOpenInterestFlow(config.openInterestJumpPct, config.churnRatio)
  const tilt = createTilt(config.tilt, tiers, barMs)
  const publication = createPublication({ instrument, config, barMs, binWidth, span, map, flow })
  const points = createEntryPoints()
  const barDecay = new Float64Array(tiers.count)
  decayFactors(tiers, barMs, barDecay)
  const gapDecay = new Float64Array(tiers.count)

  // Numbers that change with every bar live in a typed array: as variables of this closure each would be a new object.
  const clock = new Float64Array(1).fill(Number.NEGATIVE_INFINITY)
  let bars = 0
  let rejectedBars = 0

  function ageBy(elapsedMs: number): void {
    if (elapsedMs === barMs) return age(map, barDecay)
    decayFactors(tiers, elapsedMs, gapDecay)
    age(map, gapDecay)
  }

  function closeVoluntarily(side: SideIndex, closed: number): void {
    const voluntary = closed - map.released[side]!
    if (voluntary <= 0) return
    const share = voluntary / flow.before
    shrink(map, side, share < 1 ? 1 - share : 0, CLOSED)
  }

  function cap(side: SideIndex, limit: number): void {
    const total = map.totals[side]!
    if (total > limit) shrink(map, side, limit / total, CAPPED)
  }

  return {
    map,
    onBar(bar) {
      const { low, high, closeTime, volume } = bar
      const elapsedMs = closeTime - clock[0]!
      if (
        !(
          elapsedMs > 0 &&
          low > 0 &&
          high >= low &&
          bar.close >= low &&
          bar.close <= high &&
          high < Number.POSITIVE_INFINITY
        )
      ) {
        rejectedBars++
        return undefined
      }
      clock[0] = closeTime
      bars++
      const lowPosition = Math.log(low) / binWidth
      const highPosition = high === low ? lowPosition : Math.log(high) / binWidth
      const closePosition = Math.log(bar.close) / binWidth
      const markLow = isPrice(bar.markLow) ? bar.markLow : low
      const markHigh = isPrice(bar.markHigh) ? bar.markHigh : high
      // A mark range that is upside down tells nothing; the last price stands in.
      const marked = markLow <= markHigh
      const lowBin = Math.floor(marked && markLow !== low ? Math.log(markLow) / binWidth : lowPosition) | 0
      const highBin = Math.floor(marked && markHigh !== high ? Math.log(markHigh) / binWidth : highPosition) | 0
      // The mark's own close is not known; it lies within the mark's range.
      const closeBin = Math.max(lowBin, Math.min(highBin, Math.floor(closePosition) | 0))
      const rangeLow = Math.floor(closePosition + rangeBelow) | 0
      const rangeHigh = Math.floor(closePosition + rangeAbove) | 0

      if (elapsedMs < Number.POSITIVE_INFINITY) ageBy(elapsedMs)
      release(map, lowBin, highBin, onRelease)
      confine(map, rangeLow, rangeHigh)

      takeOpenInterest(flow, bar.openInterest, volume, closeTime, elapsedMs <= barMs)
      const { closed } = flow
      if (closed > 0) {
        closeVoluntarily(LONG, closed)
        closeVoluntarily(SHORT, closed)
      }
      const { opened } = flow
      if (config.tilt !== 0) tilt.update(volume, bar.takerBuyVolume)
      if (opened > 0) {
        placeEntries(
          points,
          low,
          high,
          entryMode(low, high, bar.close, volume, bar.turnover),
          lowPosition,
          highPosition,
        )
        deposit(map, mapped * opened, tilt.shares, points, closeBin, rangeLow, rangeHigh)
      }
      if (!flow.missing) {
        const limit = mapped * flow.known
        cap(LONG, limit)
        cap(SHORT, limit)
      }
      return publication.onBar(bar, closeBin, rangeLow, rangeHigh)
    },
    diagnostics: () => ({
      bars,
      rejectedBars,
      levelBreaks: flow.levelBreaks,
      published: publication.published(),
      openInterest: flow.known,
      openInterestFrom: flow.firstAt,
      longMass: map.totals[LONG]!,
      shortMass: map.totals[SHORT]!,
      long: sideLedger(map.ledger, LONG),
      short: sideLedger(map.ledger, SHORT),
    }),
  }
}
