/** What the open interest of a symbol says bar by bar: contracts opened and closed on each side. */
export interface OpenInterestFlow {
  /** 1 + the largest believable rise in one bar. */
  readonly largestRise: number
  /** Share of the volume beyond the net change that opens and closes positions. */
  readonly churnRatio: number
  /** Base units at the last bar that had a figure, and that bar's close time; NaN before the first. */
  known: number
  knownAt: number
  /** Close time of the first bar that had a figure; NaN before it. */
  firstAt: number
  /** Of the last bar: contracts opened and closed on each side, and the open interest before it. */
  opened: number
  closed: number
  before: number
  /** The last bar had no figure. */
  missing: boolean
  levelBreaks: number
}

export const createOpenInterestFlow = (jumpPct: number, churnRatio: number): OpenInterestFlow => ({
  largestRise: 1 + jumpPct / 100,
  churnRatio,
  known: Number.NaN,
  knownAt: Number.NaN,
  firstAt: Number.NaN,
  opened: Number.NaN,
  closed: Number.NaN,
  before: Number.NaN,
  missing: true,
  levelBreaks: 0,
})

/**
 * Takes the open interest at a bar's close (NaN = missing) and the bar's volume; `contiguous` is false when bars are
 * missing before this one. The first figure only starts the state: where its contracts were entered is unknown. An
 * implausible rise, a missing figure and missing bars are changes of the feed: nothing is opened, and they are counted.
 * After a missing figure a rise cannot be placed either, since it belongs to more than one bar; a fall is always real.
 */
export function takeOpenInterest(
  flow: OpenInterestFlow,
  openInterest: number,
  volume: number,
  closeTime: number,
  contiguous: boolean,
): void {
  const before = flow.known
  const started = before === before
  flow.opened = 0
  flow.closed = 0
  if (!(openInterest >= 0 && openInterest < Number.POSITIVE_INFINITY)) {
    if (started) flow.levelBreaks++
    flow.missing = true
    return
  }
  const resumed = flow.missing
  flow.missing = false
  flow.before = before
  flow.known = openInterest
  flow.knownAt = closeTime
  if (!started) {
    flow.firstAt = closeTime
    return
  }
  const change = openInterest - before
  const traded = volume > Math.abs(change) ? (flow.churnRatio * (volume - Math.abs(change))) / 2 : 0
  flow.closed = (change < 0 ? -change : 0) + traded
  const jumped = openInterest > before * flow.largestRise
  if (jumped || !(contiguous || resumed)) flow.levelBreaks++
  if (!jumped && contiguous && !resumed) flow.opened = (change > 0 ? change : 0) + traded
}
