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
    update(part) {
      const start = Math.floor(part.openTime / targetMs) * targetMs
      const interrupted = own.bucket === own.bucket && start !== own.bucket ? finish() : undefined
      if (own.bucket !== start) {
        own.bucket = start
        own.open = part.open
        own.high = part.high
        own.low = part.low
      } else {
        if (part.high > own.high) own.high = part.high
        if (part.low < own.low) own.low = part.low
      }
      own.close = part.close
      // A bar left over from before a gap is reported first; the new one completes later or at its own end.
      if (interrupted) return interrupted
      return part.closeTime >= start + targetMs ? finish() : undefined
    },
  }
}
