import { describe, expect, it } from 'vitest'
import { createSmoother } from '../../../../src/heatmap/estimator/smoothing.ts'

describe('the Gaussian kernel', () => {
  const spike = (length: number, at: number): Float64Array => new Float64Array(length).fill(1, at, at + 1)

  it('is the bell curve within three standard deviations and nothing beyond', () => {
    const out = new Float64Array(32)
    createSmoother(32).smooth(spike(32, 15), 32, 2, out)
    const bell = (i: number): number => Math.exp(-0.5 * (i / 2) ** 2)
    const whole = [1, 2, 3, 4, 5, 6].reduce((sum, i) => sum + 2 * bell(i), bell(0))
    for (let i = 0; i < 32; i++) expect(out[i]!).toBeCloseTo(Math.abs(i - 15) <= 6 ? bell(i - 15) / whole : 0, 14)
    expect(out[8]).toBe(0)
    expect(out[9]).toBeGreaterThan(0)
  })

  it('follows a change of its width and of the length', () => {
    const smoother = createSmoother(16)
    const out = new Float64Array(16)
    for (const [length, sigma] of [
      [16, 2],
      [7, 5],
      [16, 2.5],
      [1, 2],
    ] as const) {
      smoother.smooth(spike(16, 0), length, sigma, out)
      const bell = (i: number): number => Math.exp(-0.5 * (i / sigma) ** 2)
      const reach = Math.floor(3 * sigma)
      const whole = Array.from({ length: reach }, (_, i) => 2 * bell(i + 1)).reduce((a, b) => a + b, 1)
      for (let i = 0; i < length; i++) expect(out[i]!).toBeCloseTo(i <= reach ? bell(i) / whole : 0, 14)
    }
  })
})
