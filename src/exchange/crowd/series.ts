const mean = (x: Float64Array): number => x.reduce((a, b) => a + b, 0) / x.length

/** Population variance and raw kurtosis (3 for a normal distribution). */
export function moments(x: Float64Array): { variance: number; kurtosis: number } {
  const m = mean(x)
  let second = 0
  let fourth = 0
  for (const value of x) {
    const square = (value - m) ** 2
    second += square
    fourth += square * square
  }
  const variance = second / x.length
  return { variance, kurtosis: fourth / x.length / (variance * variance) }
}

/** Sample autocorrelation at a lag, with the whole sample's mean and variance. */
export function autocorrelation(x: Float64Array, lag: number): number {
  const m = mean(x)
  let covariance = 0
  let variance = 0
  for (let i = 0; i < x.length; i++) {
    variance += (x[i]! - m) ** 2
    if (i >= lag) covariance += (x[i]! - m) * (x[i - lag]! - m)
  }
  return covariance / variance
}

/** Pearson's. */
export function correlation(x: Float64Array, y: Float64Array): number {
  const mx = mean(x)
  const my = mean(y)
  let xy = 0
  let xx = 0
  let yy = 0
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mx) * (y[i]! - my)
    xx += (x[i]! - mx) ** 2
    yy += (y[i]! - my) ** 2
  }
  return xy / Math.sqrt(xx * yy)
}
