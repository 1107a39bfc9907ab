import type { ClusterSide } from '../../domain/side.ts'
import { createDaySums, estimate, type Estimate, type Random } from './day-sums.ts'
import { figureAt, type Outlook } from './outlook.ts'
import { forEachCrossed } from './traversal-lift.ts'

/** Further explanations of what is liquidated in a crossed bin: speed, volume at the price, a round number, … */
export type Covariates = (outlook: Outlook, side: ClusterSide, bin: number) => readonly number[]

/** A pivot this small, relative to the largest of its column, is rounding: the columns depend on one another. */
const SINGULAR = 1e-10

/** Second coefficient of the least-squares fit from the rows of its normal equations; NaN when they are singular. */
function slope(sums: Float64Array, size: number): number {
  const at = (row: number, column: number): number => sums[row * (size + 1) + column]!
  const matrix = Array.from({ length: size }, (_, row) =>
    Array.from({ length: size + 1 }, (_, column) => at(row, column)),
  )
  for (let pivot = 0; pivot < size; pivot++) {
    let best = pivot
    for (let row = pivot + 1; row < size; row++) {
      if (Math.abs(matrix[row]![pivot]!) > Math.abs(matrix[best]![pivot]!)) best = row
    }
    if (!(Math.abs(matrix[best]![pivot]!) > SINGULAR * at(pivot, pivot))) return Number.NaN
    ;[matrix[pivot], matrix[best]] = [matrix[best]!, matrix[pivot]!]
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue
      const factor = matrix[row]![pivot]! / matrix[pivot]![pivot]!
      for (let column = pivot; column <= size; column++)
        matrix[row]![column] = matrix[row]![column]! - factor * matrix[pivot]![column]!
    }
  }
  return matrix[1]![size]! / matrix[1]![1]!
}

/**
 * β of log(1 + liquidated) = α + β·log(1 + predicted) + γ·(log(1 + distance in bins), covariates) over the bins the
 * price crossed. Above 0: the map knows more than the price's path and the distance do.
 */
export function traversalSlope(
  outlooks: readonly Outlook[],
  covariates: Covariates,
  draws: number,
  random: Random,
): Estimate {
  let size = 0
  let sums = createDaySums(0)
  forEachCrossed(outlooks, (outlook, side, bin) => {
    const predicted = Math.log1p(figureAt(outlook[side], 'predicted', bin))
    const known = [1, predicted, Math.log1p(Math.abs(bin - outlook.spotBin)), ...covariates(outlook, side, bin)]
    const realised = Math.log1p(figureAt(outlook[side], 'realised', bin))
    if (size === 0) {
      size = known.length
      sums = createDaySums(size * (size + 1))
    }
    const row = sums.row(outlook.day)
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= size; j++) {
        const index = i * (size + 1) + j
        row[index] = row[index]! + known[i]! * (j === size ? realised : known[j]!)
      }
    }
  })
  return estimate(sums, (columns) => (size === 0 ? Number.NaN : slope(columns, size)), draws, random)
}
