import type { Span, VenueBooks } from './evidence.ts'

interface Step {
  readonly time: number
  /** Signed base units. */
  readonly position: number
  /** Base units that stops of its closing side would close. */
  readonly long: number
  readonly short: number
}

const HALF_LOT = 5e-4

function stepsOf({ executions, orders }: VenueBooks): readonly Step[] {
  const steps: Step[] = executions.map(({ time, side, quantity }) => ({
    time,
    position: side === 'buy' ? Number(quantity) : -Number(quantity),
    long: 0,
    short: 0,
  }))
  for (const order of orders) {
    if (!order.isStop || !order.reduceOnly || order.state === 'refused') continue
    const [long, short] = order.side === 'sell' ? [order.quantity, 0] : [0, order.quantity]
    steps.push({ time: order.placedAt, position: 0, long, short })
    // Triggered, it is a market order that closes until it has ended.
    if (order.state === 'ended') steps.push({ time: order.endedAt, position: 0, long: -long, short: -short })
  }
  return steps.toSorted((a, b) => a.time - b.time)
}

/** From the exchange's own history: when the position, or a part of it, had no reduce-only stop. */
export function nakedSpans(venue: VenueBooks): readonly Span[] {
  const naked: Span[] = []
  let from = Number.NaN
  let [position, long, short] = [0, 0, 0]
  const steps = stepsOf(venue)
  for (const [i, step] of steps.entries()) {
    position += step.position
    long += step.long
    short += step.short
    if (steps[i + 1]?.time === step.time) continue
    const open = position > HALF_LOT ? position - long : position < -HALF_LOT ? -position - short : 0
    if (open > HALF_LOT && Number.isNaN(from)) from = step.time
    else if (open <= HALF_LOT && !Number.isNaN(from)) {
      naked.push({ from, until: step.time })
      from = Number.NaN
    }
  }
  if (!Number.isNaN(from)) naked.push({ from, until: venue.now })
  return naked
}

/** How long a span lasted without the time in which nobody was there to end it. */
export const reachableMs = ({ from, until }: Span, absences: readonly Span[]): number =>
  absences.reduce(
    (rest, absence) => rest - Math.max(0, Math.min(until, absence.until) - Math.max(from, absence.from)),
    until - from,
  )
