/** Smooths a histogram with a Gaussian cut off at three standard deviations, as if nothing lay beyond its ends. */
export interface Smoother {
  /** Writes the smoothed first `length` values of `from` into `to`. `sigma` in bins, > 0. */
  smooth(from: Float64Array, length: number, sigma: number, to: Float64Array): void
}

const CUT = 3

export function createSmoother(capacity: number): Smoother {
  let weights = new Float64Array(0)
  let sigmaOfWeights = Number.NaN
  let padded = new Float64Array(capacity)

  function setWeights(sigma: number): void {
    const radius = Math.floor(CUT * sigma)
    weights = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp(-0.5 * (i / sigma) ** 2))
    const whole = weights.reduce((sum, w, i) => sum + (i === 0 ? w : 2 * w), 0)
    weights = weights.map((w) => w / whole)
    sigmaOfWeights = sigma
  }

  return {
    smooth(from, length, sigma, to) {
      if (sigma !== sigmaOfWeights) setWeights(sigma)
      const radius = weights.length - 1
      if (padded.length < length + 2 * radius) padded = new Float64Array(capacity + 2 * radius)
      // Zeros on both sides spare the inner loop every test.
      padded.fill(0, 0, radius)
      for (let i = 0; i < length; i++) padded[radius + i] = from[i]!
      padded.fill(0, radius + length, length + 2 * radius)
      // Three at a time: their sums do not wait for one another, and a weight is fetched once for all.
      let i = 0
      for (; i + 2 < length; i += 3) {
        const middle = radius + i
        let a = weights[0]! * padded[middle]!
        let b = weights[0]! * padded[middle + 1]!
        let c = weights[0]! * padded[middle + 2]!
        for (let j = 1; j <= radius; j++) {
          const weight = weights[j]!
          a += weight * (padded[middle - j]! + padded[middle + j]!)
          b += weight * (padded[middle - j + 1]! + padded[middle + j + 1]!)
          c += weight * (padded[middle - j + 2]! + padded[middle + j + 2]!)
        }
        to[i] = a
        to[i + 1] = b
        to[i + 2] = c
      }
      for (; i < length; i++) {
        const middle = radius + i
        let sum = weights[0]! * padded[middle]!
        for (let j = 1; j <= radius; j++) sum += weights[j]! * (padded[middle - j]! + padded[middle + j]!)
        to[i] = sum
      }
    },
  }
}
