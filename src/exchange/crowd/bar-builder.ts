/** The bar in the making. A step's price belongs to the bar that its time falls into; the close is the last before the end. */
export interface BarState {
  openTime: number
  open: number
  high: number
  low: number
  close: number
  volume: number
  turnover: number
  markHigh: number
  markLow: number
  takerBuyVolume: number
  /** Base units when the bar began. */
  openInterestAtOpen: number
  steps: number
}

export function startBar(bar: BarState, openTime: number, openInterest: number): void {
  bar.openTime = openTime
  bar.volume = 0
  bar.turnover = 0
  bar.takerBuyVolume = 0
  bar.openInterestAtOpen = openInterest
  bar.steps = 0
}

export function addStep(bar: BarState, last: number, mark: number, volume: number, takerBuys: number): void {
  if (bar.steps++ === 0) {
    bar.open = last
    bar.high = last
    bar.low = last
    bar.markHigh = mark
    bar.markLow = mark
  } else {
    if (last > bar.high) bar.high = last
    if (last < bar.low) bar.low = last
    if (mark > bar.markHigh) bar.markHigh = mark
    if (mark < bar.markLow) bar.markLow = mark
  }
  bar.close = last
  bar.volume += volume
  bar.turnover += volume * last
  bar.takerBuyVolume += takerBuys
}

export const emptyBar = (): BarState => ({
  openTime: 0.5,
  open: 0.5,
  high: 0.5,
  low: 0.5,
  close: 0.5,
  volume: 0.5,
  turnover: 0.5,
  markHigh: 0.5,
  markLow: 0.5,
  takerBuyVolume: 0.5,
  openInterestAtOpen: 0.5,
  steps: 0,
})
