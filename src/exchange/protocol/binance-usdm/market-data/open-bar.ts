/** What is known of a bar before its publication, from prices and trades alone. */
export interface OpenBar {
  /** NaN while there is none. */
  openTime: number
  open: number
  high: number
  low: number
  close: number
  markOpen: number
  markHigh: number
  markLow: number
  markClose: number
  volume: number
  turnover: number
  takerBuyVolume: number
  /** When its last price came. */
  updated: number
}

export const blankBar = (): OpenBar => ({
  openTime: Number.NaN,
  open: Number.NaN,
  high: Number.NaN,
  low: Number.NaN,
  close: Number.NaN,
  markOpen: Number.NaN,
  markHigh: Number.NaN,
  markLow: Number.NaN,
  markClose: Number.NaN,
  volume: 0,
  turnover: 0,
  takerBuyVolume: 0,
  updated: Number.NaN,
})

/** Starts the bar anew at `openTime`. */
export function beginBar(bar: OpenBar, openTime: number, last: number, mark: number): void {
  bar.openTime = openTime
  bar.open = last
  bar.high = last
  bar.low = last
  bar.markOpen = mark
  bar.markHigh = mark
  bar.markLow = mark
  bar.volume = 0
  bar.turnover = 0
  bar.takerBuyVolume = 0
}

export function extendBar(bar: OpenBar, time: number, last: number, mark: number): void {
  if (last > bar.high) bar.high = last
  if (last < bar.low) bar.low = last
  if (mark > bar.markHigh) bar.markHigh = mark
  if (mark < bar.markLow) bar.markLow = mark
  bar.close = last
  bar.markClose = mark
  bar.updated = time
}
