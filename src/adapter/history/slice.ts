import type { BarColumns } from '../../domain/bar-columns.ts'

/** The bars that open in [from, to), as views of the same memory; `null` leaves an end open. */
export function sliceColumns(columns: BarColumns, from: number | null, to: number | null): BarColumns {
  const start = from === null ? 0 : firstAtOrAfter(columns.openTime, from)
  const end = Math.max(start, to === null ? columns.length : firstAtOrAfter(columns.openTime, to))
  const cut = (values: Float64Array): Float64Array => values.subarray(start, end)
  return {
    symbol: columns.symbol,
    barMs: columns.barMs,
    length: end - start,
    openTime: cut(columns.openTime),
    open: cut(columns.open),
    high: cut(columns.high),
    low: cut(columns.low),
    close: cut(columns.close),
    volume: cut(columns.volume),
    turnover: cut(columns.turnover),
    openInterest: cut(columns.openInterest),
    fundingRate: cut(columns.fundingRate),
    longShortRatio: cut(columns.longShortRatio),
    takerBuyVolume: cut(columns.takerBuyVolume),
  }
}

function firstAtOrAfter(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (times[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}
