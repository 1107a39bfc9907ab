import type { CrowdParameters, SymbolParameters } from './parameters.ts'

const MIN_LEVERAGE = 2
const MAX_LEVERAGE = 125

/** What openings look like on average: how many, how large, at which leverage, for how long. */
export interface OpeningPlan {
  /** Openings in an average hour that sustain the number of traders. */
  readonly perHour: number
  readonly patientHours: number
  /** Mean holding by leverage. */
  readonly holdingHours: Float64Array
  /** By choice of leverage: the leverage, and the size relative to one at 10x. */
  readonly leverage: Float64Array
  readonly sizeRatio: Float64Array
  /** The choice of leverage that a uniform draw makes. */
  choice(u: number): number
  /** The size at 10x, in lots, that a uniform draw makes: Pareto, cut off. */
  size(u: number): number
}

/** Throws when the shares of the leverage mix do not sum to 1. */
export function createOpeningPlan(p: CrowdParameters, own: SymbolParameters, lot: number): OpeningPlan {
  const count = p.leverageMix.length
  const leverage = Float64Array.from(p.leverageMix, (c) =>
    Math.max(MIN_LEVERAGE, Math.round(c.leverage * own.leverageRatio)),
  )
  const sizeRatio = leverage.map((x) => (10 / x) ** p.sizeLeverageExponent)
  const holdingHours = Float64Array.from(
    { length: MAX_LEVERAGE + 1 },
    (_, x) => own.holdingRatio * p.holdingHours * (10 / x) ** p.holdingExponent,
  )
  const patientHours = own.holdingRatio * p.patientHoldingHours
  const mapped = 1 - p.crossShare - p.unleveredShare
  const upTo = new Float64Array(count)
  let sum = 0
  // Hours of holding per opening, plain and weighted by size.
  let held = (1 - mapped) * patientHours
  let heldSize = held
  for (let i = 0; i < count; i++) {
    sum += p.leverageMix[i]!.share
    upTo[i] = sum
    const hours = mapped * p.leverageMix[i]!.share * holdingHours[leverage[i]!]!
    held += hours
    heldSize += hours * sizeRatio[i]!
  }
  if (Math.abs(sum - 1) > 1e-9) throw new RangeError(`the leverage mix sums to ${sum}`)

  const a = p.sizeExponent
  const cut = 1 - p.sizeRange ** -a
  const meanOverSmallest = ((a / (a - 1)) * (1 - p.sizeRange ** (1 - a))) / cut
  // Every contract has a long and a short, so the traders together hold twice the open interest.
  const smallest = (2 * own.openInterest * held) / (p.traders * heldSize * meanOverSmallest * lot)
  return {
    perHour: p.traders / held,
    patientHours,
    holdingHours,
    leverage,
    sizeRatio,
    choice(u) {
      let i = 0
      while (i < count - 1 && u > upTo[i]!) i++
      return i
    },
    size: (u) => smallest * (1 - cut * u) ** (-1 / a),
  }
}
