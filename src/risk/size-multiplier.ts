import type { Config } from '../config/schema.ts'
import type { OpenInterest } from '../domain/cluster.ts'
import type { Direction } from '../domain/side.ts'
import { isWeekend } from '../domain/time.ts'
import type { EpochMs } from '../domain/unit.ts'
import { strengthBand } from '../heatmap/band.ts'

/** The factors of a size, each by itself, and what they come to. */
export interface Multipliers {
  readonly openInterest: number
  readonly bias: number
  readonly strength: number
  /** Product of the three, clipped where bounds are set. */
  readonly combined: number
  /** Applied to the risk after its cap. */
  readonly weekend: number
}

export type MultiplierNote =
  | 'OPEN_INTEREST_MISSING'
  | 'RATIO_MISSING'
  | 'RATIO_NOT_OF_POSITIONS'
  | 'MULTIPLIER_CLIPPED'
  | 'WEEKEND'

export interface MultiplierInput {
  readonly time: EpochMs
  readonly direction: Direction
  /** Of the cluster behind the signal, in [0, 1]; `null`: a strategy without clusters. */
  readonly strength: number | null
  readonly openInterest: OpenInterest | null
}

const MISSING_OPEN_INTEREST = 0.5
const CROWDED = 1.2
const SPARSE = 0.8

function openInterestMultiplier(totalUsd: number): number {
  if (totalUsd > 5e9) return 1.5
  return totalUsd > 1e9 ? 1 : MISSING_OPEN_INTEREST
}

/** Trades against the crowded side are larger. */
function biasMultiplier(direction: Direction, ratio: number): number {
  const againstCrowd = direction === 'SHORT' ? ratio > CROWDED : ratio < SPARSE
  return againstCrowd ? 1.2 : 1
}

/** A missing open interest counts as the lowest, a missing or unusable ratio as neutral; both are noted. */
export function sizeMultipliers(
  input: MultiplierInput,
  config: Config['sizing'],
  notes: Pick<MultiplierNote[], 'push'>,
): Multipliers {
  const total = input.openInterest?.totalUsd ?? Number.NaN
  const ratio = input.openInterest?.ratio ?? Number.NaN
  const kind = input.openInterest?.ratioKind

  let openInterest = MISSING_OPEN_INTEREST
  if (total > 0 && Number.isFinite(total)) openInterest = openInterestMultiplier(total)
  else notes.push('OPEN_INTEREST_MISSING')

  let bias = 1
  if (!(ratio > 0 && Number.isFinite(ratio))) notes.push('RATIO_MISSING')
  else if (config.positionRatioOnly && kind !== 'account' && kind !== 'top_position')
    notes.push('RATIO_NOT_OF_POSITIONS')
  else bias = biasMultiplier(input.direction, ratio)

  const strength =
    !config.useStrength || input.strength === null || strengthBand(input.strength) === 'very_strong' ? 1 : 0.75

  const product = openInterest * bias * strength
  const combined = Math.min(
    Math.max(product, config.multiplierMin ?? 0),
    config.multiplierMax ?? Number.POSITIVE_INFINITY,
  )
  if (combined !== product) notes.push('MULTIPLIER_CLIPPED')

  const weekend = isWeekend(input.time) ? config.weekendRatio : 1
  if (weekend !== 1) notes.push('WEEKEND')
  return { openInterest, bias, strength, combined, weekend }
}
