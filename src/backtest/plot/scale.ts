/** Maps values linearly to coordinates. */
export interface Scale {
  readonly low: number
  readonly high: number
  readonly at: (value: number) => number
  /** Round values within the range, ascending. */
  readonly ticks: readonly number[]
  readonly tickText: (value: number) => string
}

const WANTED_TICKS = 5
/** Round steps, each up to the geometric mean of itself and the next. */
const NICE_STEPS = [
  { step: 1, upTo: Math.SQRT2 },
  { step: 2, upTo: Math.sqrt(10) },
  { step: 5, upTo: Math.sqrt(50) },
] as const

/** A round step that gives about five ticks. */
function niceStep(span: number): number {
  const rough = span / WANTED_TICKS
  const power = 10 ** Math.floor(Math.log10(rough))
  return power * (NICE_STEPS.find(({ upTo }) => rough <= upTo * power)?.step ?? 10)
}

/** From [low, high] to [from, to]; a range without extent is widened. */
export function linearScale(low: number, high: number, from: number, to: number): Scale {
  const widened = high > low ? { low, high } : { low: low - 1, high: high + 1 }
  const span = widened.high - widened.low
  const step = niceStep(span)
  const decimals = Math.max(0, -Math.floor(Math.log10(step)))
  const ticks: number[] = []
  for (let i = Math.ceil(widened.low / step); i * step <= widened.high; i++) ticks.push(i * step)
  return {
    ...widened,
    at: (value) => from + ((value - widened.low) / span) * (to - from),
    ticks,
    tickText: (value) => value.toFixed(decimals),
  }
}
