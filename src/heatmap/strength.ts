import { createOrderStatistics, type OrderStatistics } from './order-statistics.ts'

/** Ranks a cluster's mass among what was observed before in the same distance band. */
export interface StrengthRanking {
  /** Drops the observations older than the window as of `time`. */
  forget(time: number): void
  /** Mid-rank percentile in [0, 1]: (#smaller + ½ #equal) / n; `null` while the band has too few observations. */
  strength(band: number, mass: number): number | null
  /** Takes a mass into account for whatever is ranked from now on. Times never decrease. */
  observe(band: number, mass: number, time: number): void
}

const BANDS = 4

/** Index of the distance band of a distance in ATR: [0, 1), [1, 3), [3, 6), [6, ∞). */
export function distanceBand(distanceAtr: number): 0 | 1 | 2 | 3 {
  if (distanceAtr < 1) return 0
  if (distanceAtr < 3) return 1
  return distanceAtr < 6 ? 2 : 3
}

interface Band {
  readonly ordered: OrderStatistics
  /** Ring of (time, mass) in order of arrival. */
  ring: Float64Array
  head: number
  length: number
}

const FIRST_CAPACITY = 1_024

function append(band: Band, time: number, mass: number): void {
  const capacity = band.ring.length / 2
  if (band.length === capacity) {
    const grown = new Float64Array(4 * capacity)
    for (let i = 0; i < band.length; i++) {
      const from = 2 * ((band.head + i) % capacity)
      grown[2 * i] = band.ring[from]!
      grown[2 * i + 1] = band.ring[from + 1]!
    }
    band.ring = grown
    band.head = 0
  }
  const at = 2 * ((band.head + band.length) % (band.ring.length / 2))
  band.ring[at] = time
  band.ring[at + 1] = mass
  band.length++
}

export function createStrengthRanking(windowMs: number, minObservations: number): StrengthRanking {
  const bands: readonly Band[] = Array.from({ length: BANDS }, () => ({
    ordered: createOrderStatistics(),
    ring: new Float64Array(2 * FIRST_CAPACITY),
    head: 0,
    length: 0,
  }))

  return {
    forget(time) {
      const oldest = time - windowMs
      for (const band of bands) {
        while (band.length > 0 && band.ring[2 * band.head]! < oldest) {
          band.ordered.remove(band.ring[2 * band.head + 1]!)
          band.head = (band.head + 1) % (band.ring.length / 2)
          band.length--
        }
      }
    },
    strength(index, mass) {
      const { ordered } = bands[index]!
      const size = ordered.size()
      if (size < minObservations) return null
      return ordered.midRank(mass) / size
    },
    observe(index, mass, time) {
      const band = bands[index]!
      band.ordered.add(mass)
      append(band, time, mass)
    },
  }
}
