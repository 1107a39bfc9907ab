import { describe, expect, it } from 'vitest'
import { createBinPrices } from '../../../../src/heatmap/estimator/bin-prices.ts'

describe('prices of bins', () => {
  it('are the exponentials, also where two bins share a place in turn', () => {
    const width = 5e-4
    const prices = createBinPrices(width, 5)
    for (const bin of [21_640, 21_648, 21_640, 21_641, -3, 0, 21_649, 21_641]) {
      expect(prices.lower(bin)).toBe(Math.exp(bin * width))
      expect(prices.middle(bin)).toBe(Math.exp((bin + 0.5) * width))
    }
  })
})
