import { describe, expect, it } from 'vitest'
import { distanceBand, leverageBand, openInterestBand, strengthBand } from '../../../src/heatmap/band.ts'

describe('bands', () => {
  it.each([
    [0, 'weak'],
    [0.2999, 'weak'],
    [0.3, 'moderate'],
    [0.4999, 'moderate'],
    [0.5, 'strong'],
    [0.6999, 'strong'],
    [0.7, 'very_strong'],
    [1, 'very_strong'],
  ])('strength %d is %s', (value, band) => expect(strengthBand(value)).toBe(band))

  it.each([
    [0, 'immediate'],
    [0.00999, 'immediate'],
    [0.01, 'near_term'],
    [0.02999, 'near_term'],
    [0.03, 'medium_term'],
    [0.05, 'medium_term'],
    [0.05001, 'long_term'],
  ])('distance %d is %s', (value, band) => expect(distanceBand(value)).toBe(band))

  it.each([
    [0, 'low'],
    [499_999, 'low'],
    [500_000, 'moderate'],
    [1_999_999, 'moderate'],
    [2_000_000, 'high'],
    [10_000_000, 'high'],
    [10_000_001, 'major'],
  ])('open interest %d is %s', (value, band) => expect(openInterestBand(value)).toBe(band))

  it.each([
    [1, 'wide'],
    [14.9, 'wide'],
    [15, 'moderate'],
    [34.9, 'moderate'],
    [35, 'tight'],
    [74.9, 'tight'],
    [75, 'very_tight'],
    [125, 'very_tight'],
  ])('leverage %d is %s', (value, band) => expect(leverageBand(value)).toBe(band))
})
