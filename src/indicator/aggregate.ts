/** A longer bar being built from shorter ones. */
export interface BarAggregate {
  readonly openTime: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

export interface BarPart extends BarAggregate {
  readonly closeTime: number
}

export interface BarAggregator {
  /**
   * Feeds a closed bar `[openTime, closeTime)`. Returns the longer bar when this one completes it, or the earlier,
   * incomplete one when a gap in the data skipped its end. The object is reused by the next call. It takes the bar as it
   * is, because every double handed over on its own costs an allocation.
   */
  readonly update: (part: BarPart) => BarAggregate | undefined
}

/** Builds bars of `targetMs`, aligned to multiples of it since the epoch. Longer input bars pass through as they are. */
export function createBarAggregator(targetMs: number): BarAggregator {
  const done = { openTime: 0, open: 0, high: 0, low: 0, close: 0 }
  // Fields, because a captured variable that holds a double costs an allocation each time it is set.
  const own = { bucket: Number.NaN, end: Number.NaN, open: 0, high: 0, low: 0, close: 0 }

  function finish(): BarAggregate {
    done.openTime = own.bucket
    done.open = own.open
    done.high = own.high
    done.low = own.low
    done.close = own.close
    own.bucket = Number.NaN
    own.end = Number.NaN
    return done
  }

  function begin(part: BarPart, start: number): void {
    own.bucket = start
    own.end = start + targetMs
    own.open = part.open
    own.high = part.high
    own.low = part.low
    own.close = part.close
  }

  return {
    update(part) {
      const { openTime, closeTime } = part
      if (openTime >= own.bucket && openTime < own.end) {
        if (part.high > own.high) own.high = part.high
        if (part.low < own.low) own.low = part.low
        own.close = part.close
        return closeTime >= own.end ? finish() : undefined
      }
      const start = Math.floor(openTime / targetMs) * targetMs
      const isWhole = openTime === start && closeTime >= start + targetMs
      if (own.bucket !== own.bucket) {
        if (isWhole) return part
        begin(part, start)
        return closeTime >= own.end ? finish() : undefined
      }
      // A bar left over from before a gap is reported first; the new one completes later or at its own end.
      const interrupted = finish()
      begin(part, start)
      return interrupted
    },
  }
}
