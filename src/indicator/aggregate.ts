/** A longer bar being built from shorter ones. */
export interface BarAggregate {
  readonly openTime: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

export interface BarAggregator {
  /**
   * Feeds a closed bar `[openTime, closeTime)`. Returns the longer bar when this one completes it, or the earlier,
   * incomplete one when a gap in the data skipped its end. The object is reused by the next call.
   */
  readonly update: (
    openTime: number,
    closeTime: number,
    open: number,
    high: number,
    low: number,
    close: number,
  ) => BarAggregate | undefined
}

/** Builds bars of `targetMs`, aligned to multiples of it since the epoch. Longer input bars pass through as they are. */
export function createBarAggregator(targetMs: number): BarAggregator {
  const done = { openTime: 0, open: 0, high: 0, low: 0, close: 0 }
  // Fields, because a captured variable that holds a double costs an allocation each time it is set.
  const own = { bucket: Number.NaN, open: 0, high: 0, low: 0, close: 0 }

  function finish(): BarAggregate {
    done.openTime = own.bucket
    done.open = own.open
    done.high = own.high
    done.low = own.low
    done.close = own.close
    own.bucket = Number.NaN
    return done
  }

  return {
    update(openTime, closeTime, barOpen, barHigh, barLow, barClose) {
      const start = Math.floor(openTime / targetMs) * targetMs
      const interrupted = own.bucket === own.bucket && start !== own.bucket ? finish() : undefined
      if (own.bucket !== start) {
        own.bucket = start
        own.open = barOpen
        own.high = barHigh
        own.low = barLow
      } else {
        if (barHigh > own.high) own.high = barHigh
        if (barLow < own.low) own.low = barLow
      }
      own.close = barClose
      // A bar left over from before a gap is reported first; the new one completes later or at its own end.
      if (interrupted) return interrupted
      return closeTime >= start + targetMs ? finish() : undefined
    },
  }
}
