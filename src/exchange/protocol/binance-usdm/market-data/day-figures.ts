import { DAY_MS } from '../../../../domain/time.ts'
import type { SymbolMarket } from './symbol-market.ts'

/** The last 24 hours of one symbol, from the bars that opened within them. */
export interface DayFigures {
  readonly openTime: number
  readonly open: number
  readonly high: number
  readonly low: number
  /** Base and quote units. */
  readonly volume: number
  readonly turnover: number
}

type Mutable = { -readonly [K in keyof DayFigures]: DayFigures[K] }

/** Reads a symbol's figures; the published bars are summed up once a bar. */
export function createDayFigures(market: SymbolMarket): (now: number) => DayFigures {
  const { bars } = market
  const closed: Mutable = { openTime: 0, open: 0, high: 0, low: 0, volume: 0, turnover: 0 }
  let summed = { length: -1, from: -1 }

  const sumUp = (from: number): void => {
    const first = bars.from(from)
    const length = bars.length()
    if (summed.length === length && summed.from === first) return
    summed = { length, from: first }
    closed.openTime = first < length ? bars.at('openTime', first) : Number.NaN
    closed.open = first < length ? bars.at('open', first) : Number.NaN
    closed.high = -Infinity
    closed.low = Infinity
    closed.volume = 0
    closed.turnover = 0
    for (let i = first; i < length; i += 1) {
      closed.high = Math.max(closed.high, bars.at('high', i))
      closed.low = Math.min(closed.low, bars.at('low', i))
      const volume = bars.at('volume', i)
      const turnover = bars.at('turnover', i)
      closed.volume += volume
      closed.turnover += Number.isNaN(turnover) ? volume * bars.at('close', i) : turnover
    }
  }

  return (now) => {
    sumUp(now - DAY_MS)
    const day = { ...closed }
    for (const bar of [market.closing, market.open]) {
      if (Number.isNaN(bar.openTime)) continue
      if (Number.isNaN(day.open)) {
        day.openTime = bar.openTime
        day.open = bar.open
      }
      day.high = Math.max(day.high, bar.high)
      day.low = Math.min(day.low, bar.low)
      day.volume += bar.volume
      day.turnover += bar.turnover
    }
    return day
  }
}
