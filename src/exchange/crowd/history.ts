import type { BarColumns } from '../../domain/bar-columns.ts'
import type { BarEvent } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { epochMs } from '../../domain/unit.ts'
import type { BarState } from './bar-builder.ts'
import { BAR_LAG_MS } from './lag.ts'

/** Pre-rolled bars, with the mark price's range beside the usual columns. */
export interface CrowdHistory extends BarColumns {
  readonly markHigh: Float64Array
  readonly markLow: Float64Array
  /** Base units at the bar's close, known when the bar is. */
  readonly closeOpenInterest: Float64Array
}

export interface HistoryRecorder {
  add(bar: BarState, closeOpenInterest: number, fundingRate: number, longShortRatio: number): void
  finish(): CrowdHistory
}

/** @param capacity number of bars at most */
export function createHistoryRecorder(symbol: string, barMs: number, capacity: number): HistoryRecorder {
  const column = (): Float64Array => new Float64Array(capacity)
  const columns = {
    openTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    turnover: column(),
    openInterest: column(),
    fundingRate: column(),
    longShortRatio: column(),
    takerBuyVolume: column(),
    markHigh: column(),
    markLow: column(),
    closeOpenInterest: column(),
  }
  const names = Object.keys(columns) as (keyof typeof columns)[]
  let length = 0
  return {
    add(bar, closeOpenInterest, fundingRate, longShortRatio) {
      const i = length++
      columns.openTime[i] = bar.openTime
      columns.open[i] = bar.open
      columns.high[i] = bar.high
      columns.low[i] = bar.low
      columns.close[i] = bar.close
      columns.volume[i] = bar.volume
      columns.turnover[i] = bar.turnover
      columns.openInterest[i] = bar.openInterestAtOpen
      columns.fundingRate[i] = fundingRate
      columns.longShortRatio[i] = longShortRatio
      columns.takerBuyVolume[i] = bar.takerBuyVolume
      columns.markHigh[i] = bar.markHigh
      columns.markLow[i] = bar.markLow
      columns.closeOpenInterest[i] = closeOpenInterest
    },
    finish() {
      if (length < capacity) for (const name of names) columns[name] = columns[name].subarray(0, length)
      return { symbol, barMs, length, ...columns }
    },
  }
}

/** History as the events it was published in: in time order, symbols of one time in the order given. */
export function* barEvents(
  instruments: readonly Instrument[],
  histories: readonly CrowdHistory[],
): Generator<BarEvent, void> {
  const rows = Math.max(0, ...histories.map((h) => h.length))
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < instruments.length; k++) yield barEvent(instruments[k]!, histories[k]!, i)
  }
}

function barEvent(instrument: Instrument, h: CrowdHistory, i: number): BarEvent {
  const closeTime = h.openTime[i]! + h.barMs
  return {
    kind: 'bar',
    time: epochMs(closeTime + BAR_LAG_MS),
    openTime: epochMs(h.openTime[i]!),
    closeTime: epochMs(closeTime),
    instrument,
    open: h.open[i]!,
    high: h.high[i]!,
    low: h.low[i]!,
    close: h.close[i]!,
    volume: h.volume[i]!,
    turnover: h.turnover[i]!,
    markHigh: h.markHigh[i]!,
    markLow: h.markLow[i]!,
    openInterest: h.closeOpenInterest[i]!,
    fundingRate: h.fundingRate[i]!,
    longShortRatio: h.longShortRatio[i]!,
    takerBuyVolume: h.takerBuyVolume[i]!,
  }
}
