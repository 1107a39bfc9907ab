import type { Cluster } from '../domain/cluster.ts'
import { refusal, type Refusal } from '../domain/refusal.ts'
import { hundredthText, percentText, priceText } from './wording.ts'

/** The zone a strategy would act on in one direction, with the gates that say no. The list grows as more are asked. */
export interface Choice {
  readonly zone: Cluster
  readonly distanceRatio: number
  readonly refusals: Refusal[]
}

/** What a choice is ranked by. */
export type Rank = Pick<Choice, 'zone' | 'distanceRatio'>

/** Stronger first, then nearer; positive when `a` comes first, 0 when nothing tells them apart. */
export const byStrength = (a: Rank, b: Rank): number =>
  (a.zone.strength ?? -1) - (b.zone.strength ?? -1) || b.distanceRatio - a.distanceRatio

/** Nearer first. */
export const byDistance = (a: Rank, b: Rank): number => b.distanceRatio - a.distanceRatio

/** The better of two on one side: what would trade beats what is refused, then `order`; the earlier keeps a tie. */
export function better(best: Choice | null, next: Choice, order: (a: Choice, b: Choice) => number): Choice {
  if (best === null) return next
  const passes = best.refusals.length === 0
  if (passes !== (next.refusals.length === 0)) return passes ? best : next
  return order(next, best) > 0 ? next : best
}

/**
 * A strategy wants one direction at a time: where both sides would trade, the one that comes second under `order` is
 * refused, and both are where nothing tells them apart.
 */
export function settleSides(a: Choice | null, b: Choice | null, order: (a: Choice, b: Choice) => number): void {
  if (a === null || b === null || a.refusals.length > 0 || b.refusals.length > 0) return
  const difference = order(a, b)
  if (difference === 0) {
    a.refusals.push(equidistant(a, b))
    b.refusals.push(equidistant(b, a))
  } else if (difference > 0) {
    b.refusals.push(secondTo(b, a))
  } else {
    a.refusals.push(secondTo(a, b))
  }
}

const figures = (own: Choice, other: Choice): Refusal['figures'] => ({
  strength: own.zone.strength,
  distanceRatio: own.distanceRatio,
  otherStrength: other.zone.strength,
  otherDistanceRatio: other.distanceRatio,
})

const described = (c: Choice): string =>
  `${priceText(c.zone.priceMode)} (strength ${hundredthText(c.zone.strength ?? 0)}, ${percentText(c.distanceRatio)} away)`

const equidistant = (own: Choice, other: Choice): Refusal =>
  refusal('EQUIDISTANT', `nothing tells it from the zone on the other side at ${described(other)}`, figures(own, other))

const secondTo = (own: Choice, other: Choice): Refusal =>
  refusal('LOWER_PRIORITY', `the zone on the other side comes first: ${described(other)}`, figures(own, other))
