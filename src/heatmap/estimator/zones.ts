/** Zones of a histogram, ascending and disjoint; indices into it, both edges included. */
export interface Zones {
  count: number
  readonly low: Int32Array
  readonly mode: Int32Array
  readonly high: Int32Array
}

export interface ZoneFinder {
  readonly zones: Zones
  /** Finds the zones of the first `length` values of a smoothed histogram. */
  find(density: Float64Array, length: number): void
}

/**
 * Peaks whose prominence is at least `prominenceRatio` of their own height. A zone reaches from its peak to the saddle
 * towards the next zone, or to where the density falls below `edgeCutRatio` of the peak. The bin of a saddle belongs
 * to the zone below it; of two equal peaks on one ridge the lower one stands for both.
 */
export function createZoneFinder(capacity: number, prominenceRatio: number, edgeCutRatio: number): ZoneFinder {
  const peaks = (capacity >> 1) + 2
  const peak = new Int32Array(peaks)
  /** Bin of the lowest point between a peak and the next. */
  const valley = new Int32Array(peaks)
  const base = new Float64Array(peaks)
  const stack = new Int32Array(peaks)
  const stackLow = new Float64Array(peaks)
  const kept = new Int32Array(peaks)
  const zones: Zones = {
    count: 0,
    low: new Int32Array(peaks),
    mode: new Int32Array(peaks),
    high: new Int32Array(peaks),
  }

  function findPeaks(density: Float64Array, length: number): number {
    let count = 0
    let rising = true
    let previous = 0
    let top = -1
    for (let i = 0; i < length; i++) {
      const value = density[i]!
      if (value > previous) {
        if (!rising) valley[count - 1] = i - 1
        rising = true
        top = i
      } else if (value < previous) {
        if (rising) peak[count++] = top
        rising = false
      }
      previous = value
    }
    if (rising && top >= 0) peak[count++] = top
    return count
  }

  /** The higher of the two lowest points on the way from each peak to higher ground, left and right. */
  function findBases(density: Float64Array, count: number): void {
    let depth = 0
    for (let j = 0; j < count; j++) {
      const height = density[peak[j]!]!
      let low = j > 0 ? density[valley[j - 1]!]! : 0
      while (depth > 0 && density[peak[stack[depth - 1]!]!]! < height) low = Math.min(low, stackLow[--depth]!)
      base[j] = depth > 0 ? low : 0
      stack[depth] = j
      stackLow[depth++] = base[j]!
    }
    depth = 0
    for (let j = count - 1; j >= 0; j--) {
      const height = density[peak[j]!]!
      let low = j < count - 1 ? density[valley[j]!]! : 0
      while (depth > 0 && density[peak[stack[depth - 1]!]!]! <= height) low = Math.min(low, stackLow[--depth]!)
      const right = depth > 0 ? low : 0
      stack[depth] = j
      stackLow[depth++] = right
      if (right > base[j]!) base[j] = right
    }
  }

  function lowestValley(density: Float64Array, from: number, to: number): number {
    let best = valley[from]!
    for (let j = from + 1; j < to; j++) if (density[valley[j]!]! < density[best]!) best = valley[j]!
    return best
  }

  return {
    zones,
    find(density, length) {
      const count = findPeaks(density, length)
      findBases(density, count)
      let found = 0
      for (let j = 0; j < count; j++) {
        const height = density[peak[j]!]!
        if (height - base[j]! >= prominenceRatio * height) kept[found++] = j
      }
      let floor = 0
      for (let z = 0; z < found; z++) {
        const mode = peak[kept[z]!]!
        const cut = density[mode]! * edgeCutRatio
        const ceiling = z < found - 1 ? lowestValley(density, kept[z]!, kept[z + 1]!) : length - 1
        let low = mode
        while (low > floor && density[low - 1]! >= cut) low--
        let high = mode
        while (high < ceiling && density[high + 1]! >= cut) high++
        zones.low[z] = low
        zones.mode[z] = mode
        zones.high[z] = high
        floor = ceiling + 1
      }
      zones.count = found
    },
  }
}
