/** Points at which the entries of a bar are placed, both ends of its range included. */
const ENTRY_POINTS = 9

/** Where a bar's new positions were entered: equally spaced log-price positions, in bins, and their weights. */
export interface EntryPoints {
  /** Points that carry weight, 1 to `ENTRY_POINTS`. */
  count: number
  /** [0] position of the first of them, [1] distance from one to the next. */
  readonly place: Float64Array
  /** Weight of the points before the i-th: 0 at 0, 1 from `count` on. */
  readonly below: Float64Array
}

export const createEntryPoints = (): EntryPoints => ({
  count: 0,
  place: new Float64Array(2),
  below: new Float64Array(ENTRY_POINTS + 1).fill(1),
})

/**
 * The mode of the triangular distribution over [low, high] whose mean is the bar's volume-weighted price, as far as the
 * range allows. Without turnover the mean of high, low and close stands in.
 */
export function entryMode(low: number, high: number, close: number, volume: number, turnover: number): number {
  const average = volume > 0 && turnover > 0 ? turnover / volume : (high + low + close) / 3
  const mode = 3 * average - low - high
  if (mode < low) return low
  return mode > high ? high : mode
}

function placeAtOne(points: EntryPoints, position: number): void {
  points.count = 1
  points.place[0] = position
  points.place[1] = 0
  points.below[1] = 1
}

/**
 * Spreads entries over [low, high] by the triangular density with mode `mode`, taken at log-equal points.
 * `lowPosition` and `highPosition` are the logarithms of the two ends in bins.
 */
export function placeEntries(
  points: EntryPoints,
  low: number,
  high: number,
  mode: number,
  lowPosition: number,
  highPosition: number,
): void {
  const { place, below } = points
  below[0] = 0
  if (!(high > low)) return placeAtOne(points, lowPosition)
  const last = ENTRY_POINTS - 1
  // The density vanishes at an end that is not the mode.
  const from = mode === low ? 0 : 1
  const to = mode === high ? last : last - 1
  const step = (highPosition - lowPosition) / last
  // The eighth root: three square roots are cheaper than an exponential and correctly rounded.
  const ratio = Math.sqrt(Math.sqrt(Math.sqrt(high / low)))
  const rising = mode > low ? 1 / (mode - low) : 0
  const falling = mode < high ? 1 / (high - mode) : 0
  let price = from === 0 ? low : low * ratio
  let whole = 0
  for (let i = from; i <= to; i++) {
    whole += price < mode ? (price - low) * rising : falling > 0 ? (high - price) * falling : 1
    below[i - from + 1] = whole
    price *= ratio
  }
  // A range of a few units in the last place has no inner points: each one rounds to an end, where the density vanishes.
  if (!(whole > 0)) return placeAtOne(points, lowPosition)
  points.count = to - from + 1
  place[0] = lowPosition + from * step
  place[1] = step
  const scale = 1 / whole
  for (let i = 1; i < points.count; i++) below[i] = below[i]! * scale
  below[points.count] = 1
}
