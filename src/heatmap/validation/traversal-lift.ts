import type { ClusterSide } from '../../domain/side.ts'
import { createDaySums, estimate, type Estimate, type Random } from './day-sums.ts'
import { CLUSTER_SIDES, crossedBins, figureAt, isCrossed, type Outlook } from './outlook.ts'

/** Among the bins the price crossed, how much more was liquidated where the map showed the most. 1 = no more. */
export interface TraversalLift {
  /** Liquidated in the top decile of predicted mass / in bins half to one and a half ATR away, same side. */
  readonly overJittered: Estimate
  /** The same against the bin as far away on the other side of the price, where that was crossed too. */
  readonly overMirrored: Estimate
  /** Share of what was liquidated that lies in the top decile / share of the crossed bins that it takes. */
  readonly atTenth: Estimate
  readonly crossed: number
  /** Top bins that found a control of either kind. */
  readonly jittered: number
  readonly mirrored: number
}

const TOP = 0.1
const JITTER_ATR = [0.5, 1.5] as const
/** A jittered bin that the price did not cross is no control; after this many draws the top bin goes without. */
const JITTER_TRIES = 8

/** Columns of a day. */
const TOP_REALISED = 0
const TOP_BINS = 1
const ALL_REALISED = 2
const ALL_BINS = 3
const JITTER_TOP = 4
const JITTER_CONTROL = 5
const MIRROR_TOP = 6
const MIRROR_CONTROL = 7
const COLUMNS = 8

/** Calls `visit` for every crossed bin, in order. */
export function forEachCrossed(
  outlooks: readonly Outlook[],
  visit: (outlook: Outlook, side: ClusterSide, bin: number) => void,
): void {
  for (const outlook of outlooks) {
    for (const side of CLUSTER_SIDES) {
      const [first, last] = crossedBins(outlook, side)
      for (let bin = first; bin <= last; bin++) visit(outlook, side, bin)
    }
  }
}

/** Smallest mass of the top decile; never zero: a bin without mass predicts nothing. */
function topMass(outlooks: readonly Outlook[]): number {
  const masses: number[] = []
  forEachCrossed(outlooks, (outlook, side, bin) => masses.push(figureAt(outlook[side], 'predicted', bin)))
  const sorted = Float64Array.from(masses).toSorted()
  const cut = sorted[sorted.length - Math.max(1, Math.floor(TOP * sorted.length))] ?? 0
  return cut > 0 ? cut : Number.MIN_VALUE
}

/** A crossed bin of the same side, half to one and a half ATR from `bin`; `undefined` when none was drawn. */
function jitter(outlook: Outlook, side: ClusterSide, bin: number, random: Random): number | undefined {
  if (!(outlook.atrBins > 0)) return undefined
  const [least, most] = JITTER_ATR
  for (let attempt = 0; attempt < JITTER_TRIES; attempt++) {
    const sign = random() < 0.5 ? -1 : 1
    const control = bin + sign * Math.round((least + (most - least) * random()) * outlook.atrBins)
    if (control !== bin && isCrossed(outlook, side, control)) return control
  }
  return undefined
}

/**
 * Only bins that the price crossed are compared with one another: that liquidations happen where the price goes is no
 * merit of a map. Controls are matched one to one, and the same draws serve every resample.
 */
export function traversalLift(outlooks: readonly Outlook[], draws: number, random: Random): TraversalLift {
  const sums = createDaySums(COLUMNS)
  const cut = topMass(outlooks)
  let crossed = 0
  let jittered = 0
  let mirrored = 0
  forEachCrossed(outlooks, (outlook, side, bin) => {
    const row = sums.row(outlook.day)
    const add = (column: number, figure: number): void => {
      row[column] = row[column]! + figure
    }
    const realised = figureAt(outlook[side], 'realised', bin)
    crossed++
    add(ALL_REALISED, realised)
    add(ALL_BINS, 1)
    if (figureAt(outlook[side], 'predicted', bin) < cut) return
    add(TOP_REALISED, realised)
    add(TOP_BINS, 1)
    const near = jitter(outlook, side, bin, random)
    if (near !== undefined) {
      jittered++
      add(JITTER_TOP, realised)
      add(JITTER_CONTROL, figureAt(outlook[side], 'realised', near))
    }
    const other = side === 'long' ? 'short' : 'long'
    const opposite = 2 * outlook.spotBin - bin
    if (isCrossed(outlook, other, opposite)) {
      mirrored++
      add(MIRROR_TOP, realised)
      add(MIRROR_CONTROL, figureAt(outlook[other], 'realised', opposite))
    }
  })
  return {
    overJittered: estimate(sums, (s) => s[JITTER_TOP]! / s[JITTER_CONTROL]!, draws, random),
    overMirrored: estimate(sums, (s) => s[MIRROR_TOP]! / s[MIRROR_CONTROL]!, draws, random),
    atTenth: estimate(sums, (s) => s[TOP_REALISED]! / s[ALL_REALISED]! / (s[TOP_BINS]! / s[ALL_BINS]!), draws, random),
    crossed,
    jittered,
    mirrored,
  }
}
