/** What has been traded so far in the bar that is being made, base and quote units. */
export interface Traded {
  readonly volume: number
  readonly turnover: number
  readonly takerBuyVolume: number
}

/** Readings of a market that is read ahead, each to be used when its time has come. */
export interface TradedQueue {
  add(time: number, traded: Traded): void
  /** The reading of exactly this time, after which earlier ones are forgotten. The object is reused. */
  take(time: number): Traded | undefined
}

/** The tape is read at most a few moves ahead of the market's time. */
const READINGS_KEPT = 256

export function createTradedQueue(): TradedQueue {
  const times = new Float64Array(READINGS_KEPT)
  const volume = new Float64Array(READINGS_KEPT)
  const turnover = new Float64Array(READINGS_KEPT)
  const takerBuyVolume = new Float64Array(READINGS_KEPT)
  const reading = { volume: 0.5, turnover: 0.5, takerBuyVolume: 0.5 }
  let first = 0
  let end = 0
  return {
    add(time, traded) {
      const at = end++ % READINGS_KEPT
      if (end - first > READINGS_KEPT) first = end - READINGS_KEPT
      times[at] = time
      volume[at] = traded.volume
      turnover[at] = traded.turnover
      takerBuyVolume[at] = traded.takerBuyVolume
    },
    take(time) {
      while (first < end) {
        const at = first % READINGS_KEPT
        if (times[at]! > time) return undefined
        first += 1
        if (times[at]! < time) continue
        reading.volume = volume[at]!
        reading.turnover = turnover[at]!
        reading.takerBuyVolume = takerBuyVolume[at]!
        return reading
      }
      return undefined
    },
  }
}
