/** How long a price stands before it sets out for the next point; half the way at most. */
const HOLD_MS = 1_000

/** The stretch of path between two points of a tape. */
export interface Segment {
  readonly start: number
  readonly end: number
  /** True: the price stands at the first point until `end`. */
  readonly jump: boolean
}

const departure = (segment: Segment): number => segment.start + Math.min(HOLD_MS, (segment.end - segment.start) / 2)

/** Price at `time` on the way from `from` to `to`: it stands, then moves in a straight line and arrives at `end`. */
export function priceAt(segment: Segment, from: number, to: number, time: number): number {
  if (time >= segment.end) return to
  if (segment.jump) return from
  const leaves = departure(segment)
  if (time <= leaves) return from
  return from + ((to - from) * (time - leaves)) / (segment.end - leaves)
}

/** Whole millisecond at which `level`, which lies beyond `from` and not beyond `to`, has been reached. */
export function timeOf(segment: Segment, from: number, to: number, level: number): number {
  if (segment.jump) return segment.end
  const leaves = departure(segment)
  return Math.min(segment.end, Math.ceil(leaves + ((segment.end - leaves) * (level - from)) / (to - from)))
}
